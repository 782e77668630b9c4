// Builds DOM nodes. The only way that text gets onto the page: always as text, never as markup.
import { ownPlace, webAddress } from "./addresses.js";

const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Characters that reorder or hide text are shown by their code, so that what is read is what was sent. */
export function visible(text) {
  return String(text).replace(HIDDEN, (c) => `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  add(node, children);
  return node;
}

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : visible(value));
}

export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
}

/** A link out of the page, or its label and address as plain text where the address may not be opened. */
export function link(url, label, props = {}) {
  const href = webAddress(url);
  const own = href && ownPlace(href);
  if (own) return el("a", { href: own.href, ...(own.here ? {} : { target: "_blank", rel: "noopener noreferrer" }), ...props }, label);
  if (!href) return el("span", { class: "refused-link" }, label, label === url ? null : ` (${url})`);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: url, ...props }, label);
}

export function hiddenText(text) {
  return el("span", { class: "visually-hidden" }, text);
}

let serial = 0;
export function uniqueId(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}
