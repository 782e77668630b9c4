// The markdown block: standard Markdown as Slack takes it there, to DOM. Raw HTML is shown as text.
import { el, link } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { scan } from "./scan.js";
import { scrollable } from "./scrollable.js";

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const DELIMITER = /^\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?\s*)?$/;

/** `level` is the heading level of the block's topmost heading; deeper ones never skip a level. */
export function markdown(source, level = 3) {
  return el("div", { class: "markdown" }, blocks(String(source).replaceAll("\r", "").split("\n"), { level, deepest: level - 1 }));
}

function blocks(lines, state) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const [node, next] = block(lines, at, state);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function block(lines, at, state) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (/^ {0,3}(```|~~~)/.test(line)) return fence(lines, at);
  if (HEADING.test(line)) return [heading(HEADING.exec(line), state), at + 1];
  if (RULE.test(line)) return [el("hr"), at + 1];
  if (/^ {0,3}>/.test(line)) return quote(lines, at, state);
  if (ITEM.test(line)) return list(lines, at, state);
  if (line.includes("|") && DELIMITER.test(lines[at + 1] ?? "")) return table(lines, at);
  return paragraph(lines, at);
}

function fence(lines, at) {
  const mark = lines[at].trim().slice(0, 3);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  const code = el("code", {}, lines.slice(at + 1, end).join("\n"));
  return [scrollable(el("pre", {}, code), "Code"), end + 1];
}

function heading([, marks, text], state) {
  const wanted = state.level + marks.length - 1;
  state.deepest = Math.max(state.level, Math.min(wanted, state.deepest + 1, 6));
  return el(`h${state.deepest}`, {}, inline(text));
}

function quote(lines, at, state) {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
  return [el("blockquote", {}, blocks(lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, "")), state)), end];
}

function list(lines, at, state) {
  const [, indent, marker] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(marker);
  const node = el(ordered ? "ol" : "ul", ordered && Number.parseInt(marker, 10) !== 1 ? { start: Number.parseInt(marker, 10) } : {});
  let end = at;
  while (end < lines.length && startsItem(lines[end], indent.length, ordered)) {
    const first = ITEM.exec(lines[end])[3];
    const inner = [];
    for (end += 1; end < lines.length && belongs(lines, end, indent.length); end += 1) inner.push(lines[end].slice(Math.min(leading(lines[end]), indent.length + 2)));
    node.append(item(first, inner, state));
  }
  return [node, end];
}

const leading = (line) => line.length - line.trimStart().length;

function startsItem(line, indent, ordered) {
  const match = ITEM.exec(line);
  return match !== null && match[1].length <= indent + 1 && /\d/.test(match[2]) === ordered;
}

function belongs(lines, at, indent) {
  if (!lines[at].trim()) return at + 1 < lines.length && leading(lines[at + 1]) > indent && Boolean(lines[at + 1].trim());
  return leading(lines[at]) > indent + 1 || (!ITEM.test(lines[at]) && leading(lines[at]) > indent);
}

function item(text, inner, state) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  const mark = task ? el("span", { role: "img", "aria-label": task[1] === " " ? "open" : "done" }, task[1] === " " ? "☐" : "☑") : null;
  return el("li", task ? { class: "task-item" } : {}, mark, mark ? " " : null, inline(task ? task[2] : text), blocks(inner, state));
}

function table(lines, at) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const head = el("tr", {}, cells(lines[at]).map((cell) => el("th", { scope: "col" }, inline(cell))));
  const rows = lines.slice(at + 2, end).map((line) => el("tr", {}, cells(line).map((cell) => el("td", {}, inline(cell)))));
  const node = el("table", {}, el("thead", {}, head), el("tbody", {}, rows));
  return [scrollable(el("div", { class: "table-scroll" }, node), "Table"), end];
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) end += 1;
  const parts = lines.slice(at, end).flatMap((line, index) => [index ? el("br") : null, inline(line.trim())]);
  return [el("p", {}, parts), end];
}

const startsBlock = (line) => /^ {0,3}(```|~~~|>)/.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line);

const PATTERNS = [
  [/\\([\\`*_{}[\]()#+.!|<>~-])/, (m) => m[1]],
  [/(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (m) => el("code", {}, m[2].trim() || m[2])],
  [/!\[([^\]]*)\]\(([^()\s]+)(?:\s+"[^"]*")?\)/, (m) => link(m[2], m[1] || m[2])],
  [/\[([^\]]+)\]\(([^()\s]+)(?:\s+"[^"]*")?\)/, (m) => link(m[2], el("span", {}, inline(m[1])))],
  [/<(https?:\/\/[^<>\s]+)>/, (m) => link(m[1], m[1])],
  [/https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"]/, (m) => link(m[0], m[0])],
  [/\*\*(?=\S)([\s\S]*?\S)\*\*/, (m) => el("strong", {}, inline(m[1]))],
  [/(?<!\w)__(?=\S)([\s\S]*?\S)__(?!\w)/, (m) => el("strong", {}, inline(m[1]))],
  [/~~(?=\S)([\s\S]*?\S)~~/, (m) => el("s", {}, inline(m[1]))],
  [/\*(?=[^\s*])([^*]*?[^\s*])\*/, (m) => el("em", {}, inline(m[1]))],
  [/(?<!\w)_(?=[^\s_])([^_]*?[^\s_])_(?!\w)/, (m) => el("em", {}, inline(m[1]))],
];

const inline = (text) => scan(text, PATTERNS, (plain) => withEmoji(entities(plain)));

const entities = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
