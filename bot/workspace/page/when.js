// Times as people read them. Slack's timestamps are seconds since 1970 with a counter behind the dot.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const mediumDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

export function dateOf(ts) { return new Date(Number(ts) * 1000); }
export function timeOf(ts) { return clock.format(dateOf(ts)); }
/** The time without AM or PM: what fits beside a message. */
export function narrowTimeOf(ts) { return clock.formatToParts(dateOf(ts)).filter(({ type }) => type !== "dayPeriod").map(({ value }) => value).join("").trim(); }
export function fullTime(ts) { return `${longDay.format(dateOf(ts))}, ${clockSeconds.format(dateOf(ts))}`; }

export function dayOf(ts) {
  const day = dateOf(ts);
  const pretty = relativeDay(day);
  return pretty ?? longDay.format(day);
}

function relativeDay(day) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) return "Today";
  return day.toDateString() === yesterday.toDateString() ? "Yesterday" : null;
}

const pad = (number) => String(number).padStart(2, "0");
const numeric = (day) => `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
const inLower = (day) => { const near = relativeDay(day); return near ? near.toLowerCase() : null; };

const TOKENS = {
  date_num: numeric,
  date_slash: (day) => numeric(day).replaceAll("-", "/"),
  date: (day) => mediumDay.format(day),
  date_short: (day) => mediumDay.format(day),
  date_long: (day) => longDay.format(day),
  day_divider_pretty: (day) => relativeDay(day) ?? longDay.format(day),
  date_pretty: (day) => inLower(day) ?? mediumDay.format(day),
  date_short_pretty: (day) => inLower(day) ?? mediumDay.format(day),
  date_long_pretty: (day) => inLower(day) ?? longDay.format(day),
  time: (day) => clock.format(day),
  time_secs: (day) => clockSeconds.format(day),
  ago: (day) => ago(day),
};

/** Slack's date format tokens ({date_short}, {time}, {ago} …), in the reader's own time zone; null if there is no such time. */
export function formatted(seconds, format) {
  const day = new Date(Number(seconds) * 1000);
  if (Number.isNaN(day.getTime())) return null;
  return format.replace(/\{(\w+)\}/g, (token, name) => TOKENS[name]?.(day) ?? token);
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function ago(day) {
  const seconds = (day.getTime() - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS.at(-1);
  return relative.format(Math.round(seconds / size), unit);
}
