// Slack's mrkdwn (not Markdown) to DOM: *bold* _italic_ ~strike~ `code` ```fence``` > quote <links> mentions dates emoji.
import { el, link } from "./dom.js";
import { emoji, symbolOf, withEmoji } from "./emoji.js";
import { scan } from "./scan.js";
import { scrollable } from "./scrollable.js";
import { formatted, fullTime } from "./when.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const BEFORE = "(^|[\\s(\\[{\"'“‘,.;:!?/|*_~>—–-])";
const AFTER = "(?=$|[\\s)\\]}\"'”’,.;:!?/|*_~<—–-])";
const styled = (mark) => new RegExp(`${BEFORE}\\${mark}(?=\\S)([^\\${mark}\\n]*?\\S)\\${mark}${AFTER}`);
const PATTERNS = [
  [/`([^`\n]+)`/, (m) => el("code", {}, unescaped(m[1]))],
  [/https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)\]}'"*_~]/, (m) => link(unescaped(m[0]), unescaped(m[0]))],
  [/<([^<>\n]+)>/, (m, world) => reference(m[1], world)],
  ...Object.entries(MARKS).map(([mark, tag]) => [styled(mark), (m, world) => [m[1], el(tag, {}, inline(m[2], world))]]),
  [/:([a-z0-9_+-]+):/, (m) => (symbolOf(m[1]) ? emoji(m[1]) : m[0])],
];

export const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Mrkdwn as a person would have typed it: names and addresses instead of references. */
export function typed(text, world) {
  return unescaped(text.replace(/<([@#!]?)([^<>|]+)(?:\|([^<>]+))?>/g, (_, sign, target, label) => {
    if (sign === "@") return `@${world.userName(target)}`;
    if (sign === "#") return `#${label ?? world.channelName(target)}`;
    return label ?? (sign ? `@${target}` : target);
  }));
}

/** A text object ({type: plain_text | mrkdwn, text}) or a bare mrkdwn string, as nodes. */
export function textObject(object, world) {
  if (object === null || object === undefined) return [];
  if (typeof object === "string") return mrkdwn(object, world);
  if (object.type === "plain_text") return object.emoji === false ? [object.text ?? ""] : withEmoji(object.text ?? "");
  return mrkdwn(object.text ?? "", world);
}

export function mrkdwn(text, world) {
  return String(text).split(/\n?(```[\s\S]+?```)\n?/).flatMap((part) => {
    if (part.startsWith("```") && part.length > 6) {
      return [scrollable(el("pre", {}, el("code", {}, unescaped(bare(part.slice(3, -3).replace(/^\n/, ""))))), "Code")];
    }
    return part ? quoted(part, world) : [];
  });
}

// Inside code, Slack still resolves <url|label> to what it shows.
const bare = (text) => text.replace(/<((?:https?|mailto):[^<>|]+)(?:\|([^<>]+))?>/g, (_, url, label) => label ?? url);

function quoted(text, world) {
  const nodes = [];
  let quote = null;
  for (const [index, line] of text.split("\n").entries()) {
    const content = /^(?:&gt;|>) ?(.*)$/.exec(line)?.[1];
    if (content !== undefined) {
      if (quote) quote.append(el("br"));
      else nodes.push((quote = el("blockquote")));
      quote.append(...asNodes(inline(content, world)));
    } else {
      if (index > 0 && !quote) nodes.push(el("br"));
      quote = null;
      nodes.push(...asNodes(inline(line, world)));
    }
  }
  return nodes;
}

const asNodes = (parts) => [...el("i", {}, parts).childNodes];

const inline = (text, world) => scan(text, PATTERNS, unescaped, world);

function reference(inner, world) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? unescaped(rest.join("|")) : null;
  if (target.startsWith("@")) return mention(`@${world.userName(target.slice(1))}`, target.slice(1) === world.me);
  if (target.startsWith("#")) return mention(`#${label || world.channelName(target.slice(1))}`);
  if (target.startsWith("!")) return special(target.slice(1), label, world);
  return /^[a-z][a-z0-9+.-]*:/i.test(target) ? link(unescaped(target), label ?? unescaped(target)) : unescaped(`<${inner}>`);
}

export function mention(text, isMe = false) {
  return el("span", { class: isMe ? "mention me" : "mention" }, text);
}

function special(target, label, world) {
  const [name, ...rest] = target.split("^");
  if (name === "date") return date(rest[0], rest[1] ?? "", rest.slice(2).join("^"), label);
  if (name === "subteam") return mention(label ?? `@${world.groupName(rest[0])}`);
  return mention(label && !["here", "channel", "everyone"].includes(name) ? label : `@${name}`);
}

/** A moment in the reader's own time zone; the fallback where the moment makes no sense. */
export function date(seconds, format, url, fallback) {
  const text = formatted(seconds, format) ?? fallback ?? String(seconds);
  const known = Number.isFinite(Number(seconds)) && Math.abs(Number(seconds)) < 8.64e12;
  const props = known ? { datetime: new Date(Number(seconds) * 1000).toISOString(), title: fullTime(seconds) } : {};
  const node = el("time", props, text);
  return url ? link(url, node) : node;
}
