// One message: who, when, what, its files, reactions and replies, and what one can do with it.
import { post } from "./api.js";
import { attachment } from "./attachments.js";
import { authorOf, avatar } from "./author.js";
import { blocks } from "./blocks.js";
import { askText } from "./dialogs.js";
import { el, hiddenText } from "./dom.js";
import { emoji, QUICK, spoken } from "./emoji.js";
import { fileCard } from "./files.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { mrkdwn, typed } from "./mrkdwn.js";
import { attempt } from "./notice.js";
import { surface } from "./surface.js";
import { dayOf, fullTime, narrowTimeOf, timeOf } from "./when.js";

/** `place` is {world, channel, level, openThread?}: where the message stands. `grouped`: its author was named just above. */
export function message(content, place, grouped) {
  const { world, channel, level } = place;
  const author = authorOf(content, world);
  const onlyMine = isOnlyMine(content);
  const ctx = surface({ world, level, where: { channel, message_ts: content.ts }, files: content.files });
  const notes = [
    onlyMine ? el("p", { class: "note" }, icon("eye"), "Only visible to you") : null,
    world.channel(channel)?.pins?.includes(content.ts) ? el("p", { class: "note" }, icon("pin"), "Pinned") : null,
  ];
  const kinds = { grouped, "only-you": onlyMine, tombstone: content.subtype === "tombstone" };
  const kind = ["message", ...Object.keys(kinds).filter((name) => kinds[name])].join(" ");
  ctx.node = el("article", { class: kind, data: { ts: content.ts }, tabindex: "-1", "aria-label": `${author.name}, ${fullTime(content.ts)}` },
    grouped ? el("span", { class: "gutter" }, time(content, narrowTimeOf)) : avatar(author),
    el("div", { class: "message-main" }, notes, grouped ? hiddenText(`${author.name}: `) : head(author, content),
      el("div", { class: "message-body" }, body(content, ctx)), reactions(content, place), replies(content, place)),
    onlyMine ? null : toolbar(content, place));
  return ctx.node;
}

export const isOnlyMine = (content) => Boolean(content.ephemeral || content.is_ephemeral);

const time = (content, written = timeOf) => el("time", { datetime: new Date(content.ts * 1000).toISOString(), title: fullTime(content.ts) }, written(content.ts));

function head(author, content) {
  return el("div", { class: "message-head" }, el("span", { class: "author" }, author.name), author.isApp ? el("span", { class: "badge" }, "APP") : null, time(content));
}

function body(content, ctx) {
  const parts = content.blocks?.length ? blocks(content.blocks, ctx) : [el("div", { class: "text" }, mrkdwn(content.text ?? "", ctx.world))];
  const edited = content.edited ? el("span", { class: "edited" }, "(edited)") : null;
  const files = (content.files ?? []).map(fileCard);
  return [parts, edited, (content.attachments ?? []).map((one) => attachment(one, ctx)), files];
}

function reactions(content, place) {
  if (!content.reactions?.length) return null;
  const pill = ({ name, users = [], count }) => {
    const mine = users.includes(place.world.me);
    const who = users.map((user) => place.world.userName(user)).join(", ");
    const toggle = () => attempt(() => post("react", { channel: place.channel, message_ts: content.ts, name, remove: mine }));
    const symbol = emoji(name);
    symbol.setAttribute("aria-hidden", "true");
    const props = { class: "reaction", type: "button", "aria-pressed": String(mine), "aria-label": `${spoken(name)}, ${count ?? users.length}: ${who}`, title: who, data: { key: `reaction-${name}` }, on: { click: toggle } };
    return el("button", props, symbol, el("span", {}, String(count ?? users.length)));
  };
  return el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, content.reactions.map(pill));
}

function replies(content, place) {
  if (!place.openThread || !content.reply_count) return null;
  const count = `${content.reply_count} ${content.reply_count === 1 ? "reply" : "replies"}`;
  const last = content.latest_reply ? `Last reply ${dayOf(content.latest_reply).replace(/^(Today|Yesterday)$/, (day) => day.toLowerCase())} at ${timeOf(content.latest_reply)}` : "";
  return el("button", { type: "button", class: "replies", data: { key: "replies" }, on: { click: () => place.openThread(content.thread_ts ?? content.ts) } },
    el("span", { class: "replies-count" }, count), " ", el("span", { class: "replies-last" }, last));
}

function toolbar(content, place) {
  const tool = (label, sign, props = {}) => el("button", { type: "button", class: "tool", "aria-label": label, title: label, data: { key: label }, ...props }, sign);
  const react = (name) => attempt(() => post("react", { channel: place.channel, message_ts: content.ts, name }));
  const faces = () => QUICK.map((name) => ({ label: spoken(name), node: emoji(name), run: () => react(name) }));
  const reply = place.openThread ? tool("Reply in thread", icon("reply"), { on: { click: () => place.openThread(content.thread_ts ?? content.ts) } }) : null;
  return el("div", { class: "toolbar", role: "group", "aria-label": "Message actions" },
    el("span", { class: "menu-anchor faces" }, menuButton(tool("Add a reaction", icon("smile")), "Reactions", faces)), reply,
    el("span", { class: "menu-anchor" }, menuButton(tool("More actions", icon("dots")), "More actions", () => moreActions(content, place))));
}

function moreActions(content, place) {
  const { world, channel } = place;
  const shortcut = ({ name, callback_id: callback }) => ({ label: name, run: () => attempt(() => post("shortcut", { channel, message_ts: content.ts, callback_id: callback })) });
  const items = world.shortcuts.filter(({ type }) => type !== "global").map(shortcut);
  items.push({ label: "Copy the text", run: () => attempt(() => navigator.clipboard.writeText(typed(content.text ?? "", world))) });
  if (content.user !== world.me || content.bot_id) return items;
  const change = async () => {
    const text = await askText("Edit message", "Message", typed(content.text ?? "", world));
    if (text?.trim()) await attempt(() => post("edit", { channel, ts: content.ts, text }));
  };
  return [...items, { label: "Edit message", run: change }, { label: "Delete message", danger: true, run: () => attempt(() => post("delete", { channel, ts: content.ts })) }];
}
