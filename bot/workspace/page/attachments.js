// Attachments as older apps send them: a bar of colour, a title, fields, a footer; the fallback where there is nothing else.
import { blocks } from "./blocks.js";
import { el, link } from "./dom.js";
import { picture } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { timeOf } from "./when.js";

const NAMED = { good: "var(--good)", warning: "var(--warn)", danger: "var(--bad)" };

export function attachment(content, ctx) {
  const { world } = ctx;
  const node = el("div", { class: "attachment" });
  const color = NAMED[content.color] ?? (/^#?[0-9a-f]{3,8}$/i.test(content.color ?? "") ? `#${content.color.replace("#", "")}` : null);
  if (color) node.style.setProperty("--bar", color);
  const part = (name, text) => (text ? el("div", { class: name }, mrkdwn(text, world)) : null);
  const title = content.title && el("div", { class: "attachment-title" }, content.title_link ? link(content.title_link, content.title) : mrkdwn(content.title, world));
  const author = content.author_name && el("div", { class: "attachment-author" }, content.author_link ? link(content.author_link, content.author_name) : content.author_name);
  const body = [
    author, title, part("attachment-text", content.text), fields(content.fields ?? [], world), blocks(content.blocks, ctx),
    content.image_url ? picture({ image_url: content.image_url, alt_text: content.alt_text ?? content.title ?? "" }) : null,
    legacyActions(content.actions ?? []), footer(content),
  ].flat().filter(Boolean);
  node.append(...(body.length ? body : [el("div", {}, mrkdwn(content.fallback ?? "", world))]));
  return el("div", {}, part("pretext", content.pretext), node);
}

function fields(list, world) {
  if (!list.length) return null;
  const one = ({ title, value, short }) => el("div", { class: short ? "field short" : "field" }, el("dt", {}, title ?? ""), el("dd", {}, mrkdwn(value ?? "", world)));
  return el("dl", { class: "attachment-fields" }, list.map(one));
}

function legacyActions(list) {
  const links = list.map(({ url, text }) => (url ? link(url, text ?? url, { class: "button" }) : el("span", { class: "unknown" }, `[${text ?? "action"}]`)));
  return links.length ? el("div", { class: "actions" }, links) : null;
}

function footer({ footer: text, ts }) {
  if (!text && !ts) return null;
  return el("div", { class: "attachment-footer" }, [text, ts ? timeOf(ts) : null].filter(Boolean).join(" · "));
}
