// The rich_text block: sections, lists, quotes, preformatted text, and what stands in them.
import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { date, mention } from "./mrkdwn.js";
import { scrollable } from "./scrollable.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

export function richText(block, world) {
  return el("div", { class: "rich-text" }, groups(block.elements ?? [], world));
}

function groups(elements, world) {
  const nodes = [];
  for (const element of elements) {
    if (element.type === "rich_text_list") nest(nodes, list(element, world), element.indent ?? 0);
    else nodes.push(group(element, world));
  }
  return nodes;
}

// Slack sends a nested list as a sibling with an indent; it belongs into the last item of the list before it.
function nest(nodes, node, indent) {
  let parent = nodes.at(-1);
  for (let depth = 0; depth < indent && parent instanceof HTMLElement && /^[OU]L$/.test(parent.tagName); depth += 1) {
    const item = parent.lastElementChild;
    const inner = item?.lastElementChild;
    if (depth === indent - 1 || !inner || !/^[OU]L$/.test(inner.tagName)) { item?.append(node); return; }
    parent = inner;
  }
  nodes.push(node);
}

function list(element, world) {
  const ordered = element.style === "ordered";
  const items = (element.elements ?? []).map((item) => el("li", {}, parts(item.elements ?? [], world)));
  return el(ordered ? "ol" : "ul", ordered && element.offset ? { start: element.offset + 1 } : {}, items);
}

function group(element, world) {
  const inner = () => parts(element.elements ?? [], world);
  switch (element.type) {
    case "rich_text_section": return el("div", { class: "rich-section" }, inner());
    case "rich_text_quote": return el("blockquote", {}, inner());
    case "rich_text_preformatted": return scrollable(el("pre", {}, el("code", {}, inner())), "Code");
    default: return el("span", { class: "unknown" }, `[${element.type}]`);
  }
}

function parts(elements, world) {
  return elements.flatMap((element) => styled(part(element, world), element.style ?? {}));
}

function part(element, world) {
  switch (element.type) {
    case "text": return lines(element.text ?? "");
    case "link": return [link(element.url, element.text || element.url)];
    case "user": return [mention(`@${world.userName(element.user_id)}`, element.user_id === world.me)];
    case "channel": return [mention(`#${world.channelName(element.channel_id)}`)];
    case "usergroup": return [mention(`@${world.groupName(element.usergroup_id)}`)];
    case "broadcast": return [mention(`@${element.range}`)];
    case "emoji": return [emoji(element.name)];
    case "date": return [date(element.timestamp, element.format ?? "{date} {time}", element.url, element.fallback)];
    case "color": return [el("code", {}, element.value)];
    default: return [el("span", { class: "unknown" }, element.text ?? `[${element.type}]`)];
  }
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function styled(nodes, style) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? [el(tag, {}, inner)] : inner), nodes);
}
