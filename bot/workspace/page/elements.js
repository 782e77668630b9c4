// Block Kit's interactive elements: each is drawn, keeps its value in the surface's state and tells the app of a change.
import { webAddress } from "./addresses.js";
import { el, uniqueId } from "./dom.js";
import { initialChoice, select } from "./choices.js";
import { confirmed } from "./dialogs.js";
import { field, initialText } from "./fields.js";
import { picture } from "./files.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { textObject } from "./mrkdwn.js";
import { attempt } from "./notice.js";

const TEXTS = ["plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"];
const DATES = { datepicker: ["date", "selected_date", "initial_date"], timepicker: ["time", "selected_time", "initial_time"] };

/**
 * Draws one element of a block. `ctx` is the surface (see blocks.js); `options.label` names the element for
 * screen readers, `options.quiet` keeps changes from being sent (inputs in a modal).
 */
export function element(node, ctx, blockId, options = {}) {
  return new Scope(node, ctx, blockId, options).draw();
}

function draw(node, scope) {
  if (node.type.endsWith("_select")) return select(node, scope);
  if (TEXTS.includes(node.type)) return field(node, scope);
  if (node.type in DATES || node.type === "datetimepicker") return picker(node, scope);
  switch (node.type) {
    case "button": case "workflow_button": return pressed(node, scope);
    case "icon_button": return iconButton(node, scope);
    case "overflow": return overflow(node, scope);
    case "checkboxes": case "radio_buttons": return boxes(node, scope);
    case "feedback_buttons": return feedback(node, scope);
    case "image": return picture(node);
    default: return el("span", { class: "unknown" }, `[${node.type} is not drawn by this workspace]`);
  }
}

/** One element's view of its surface. */
class Scope {
  constructor(node, ctx, blockId, options) {
    Object.assign(this, { node, ctx, blockId, quiet: options.quiet ?? false, describedBy: options.describedBy, required: options.required ?? false });
    this.world = ctx.world;
    this.labels = options.labelId
      ? { id: options.inputId, "aria-labelledby": options.labelId, "aria-describedby": options.describedBy }
      : { id: options.inputId, "aria-label": options.label ?? node.accessibility_label ?? node.placeholder?.text ?? node.type.replaceAll("_", " ") };
    const fresh = initial(node);
    if (fresh && !ctx.values.get(blockId, node.action_id)) this.keep(fresh);
  }

  get value() { return this.ctx.values.get(this.blockId, this.node.action_id); }

  keep(value) { this.ctx.values.set(this.blockId, this.node.action_id, { type: this.node.type, ...value }); }

  draw() {
    this.drawn = draw(this.node, this);
    this.drawn.dataset.block = this.blockId;
    this.drawn.dataset.action = this.node.action_id ?? "";
    return this.drawn;
  }

  /** A choice that was not confirmed, or not taken, goes back to what it was. */
  async change(value) {
    const before = this.value;
    this.keep(value);
    if (this.quiet || (await this.send(value))) return;
    this.keep(before);
    const focused = this.drawn.contains(document.activeElement);
    this.drawn.replaceWith(this.draw());
    if (focused) (this.drawn.querySelector("input") ?? this.drawn).focus();
  }

  suggest(query) { return this.ctx.suggest({ block_id: this.blockId, action_id: this.node.action_id, value: query }); }

  /** Sends the action, after the person has confirmed it where the app asks for that; true if it went out. */
  async send(value, busy = null) {
    const { confirm } = this.node;
    if (confirm && !(await confirmed(confirm, this.world))) return false;
    busy?.setAttribute("aria-busy", "true");
    const answer = await attempt(() => this.ctx.act({ type: this.node.type, block_id: this.blockId, action_id: this.node.action_id, ...value }));
    busy?.removeAttribute("aria-busy");
    return answer !== null;
  }
}

function initial(node) {
  if (node.type.endsWith("_select")) return initialChoice(node);
  if (TEXTS.includes(node.type)) return initialText(node);
  if (node.type in DATES) return { [DATES[node.type][1]]: node[DATES[node.type][2]] ?? null };
  if (node.type === "datetimepicker") return { selected_date_time: node.initial_date_time ?? null };
  if (node.type === "checkboxes") return { selected_options: node.initial_options ?? [] };
  return node.type === "radio_buttons" ? { selected_option: node.initial_option ?? null } : null;
}

function press({ currentTarget }, scope, value) {
  if (currentTarget.getAttribute("aria-busy") !== "true") scope.send(value, currentTarget);
}

function pressed(node, scope) {
  const style = { primary: "button primary", danger: "button danger" }[node.style] ?? "button";
  const value = { text: node.text, ...(node.value === undefined ? {} : { value: node.value }) };
  const props = { class: style, "aria-label": node.accessibility_label, on: { click: (event) => press(event, scope, value) } };
  const href = node.url && webAddress(node.url);
  if (href) return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, textObject(node.text, scope.world));
  return el("button", { ...props, type: "button" }, textObject(node.text, scope.world));
}

function iconButton(node, scope) {
  const everybody = !node.visible_to_user_ids?.length || node.visible_to_user_ids.includes(scope.world.me);
  const send = (event) => press(event, scope, node.value === undefined ? {} : { value: node.value });
  return el("button", { type: "button", class: "button quiet", hidden: !everybody, "aria-label": node.accessibility_label, on: { click: send } }, textObject(node.text, scope.world));
}

function feedback(node, scope) {
  const one = (object, sign) => {
    const send = (event) => press(event, scope, { text: object.text, value: object.value });
    return el("button", { type: "button", class: "button quiet", "aria-label": object.accessibility_label, on: { click: send } }, icon(sign), textObject(object.text, scope.world));
  };
  return el("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, one(node.positive_button, "thumb_up"), one(node.negative_button, "thumb_down"));
}

function overflow(node, scope) {
  const button = el("button", { type: "button", class: "button quiet overflow", "aria-label": node.accessibility_label ?? "More actions" }, icon("dots"));
  const items = () => node.options.map((option) => ({
    label: option.text.text,
    run: () => {
      const href = option.url && webAddress(option.url);
      if (href) window.open(href, "_blank", "noopener,noreferrer");
      scope.send({ selected_option: option });
    },
  }));
  return el("span", { class: "menu-anchor" }, menuButton(button, "More actions", items));
}

function picker(node, scope) {
  const dated = node.type === "datetimepicker";
  const [type, name] = dated ? ["datetime-local", "selected_date_time"] : DATES[node.type];
  const input = el("input", { type, class: "date-input", value: dated ? localTime(scope.value?.[name]) : scope.value?.[name] ?? "", ...scope.labels });
  const read = () => ({ [name]: dated ? epoch(input.value) : input.value || null });
  let sent = input.value;
  const settle = () => { if (input.value !== sent) { sent = input.value; scope.change(read()); } };
  input.addEventListener("input", () => scope.keep(read()));
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", ({ key }) => { if (key === "Enter") settle(); });
  return input;
}

const epoch = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null);

function localTime(seconds) {
  if (!seconds) return "";
  const day = new Date(seconds * 1000);
  return new Date(day.getTime() - day.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function boxes(node, scope) {
  const many = node.type === "checkboxes";
  const held = many ? scope.value?.selected_options ?? [] : [scope.value?.selected_option].filter(Boolean);
  const group = uniqueId("choice");
  const inputs = node.options.map((option) => {
    const input = el("input", { type: many ? "checkbox" : "radio", name: group, id: uniqueId("option"), value: option.value });
    input.checked = held.some(({ value }) => value === option.value);
    return input;
  });
  const read = () => {
    const selected = node.options.filter((_, index) => inputs[index].checked);
    scope.change(many ? { selected_options: selected } : { selected_option: selected[0] ?? null });
  };
  const rows = node.options.map((option, index) => {
    inputs[index].addEventListener("change", read);
    const about = option.description ? el("span", { class: "choice-about" }, textObject(option.description, scope.world)) : null;
    return el("div", { class: "choice" }, inputs[index], el("label", { for: inputs[index].id }, textObject(option.text, scope.world), about));
  });
  return el("div", { class: "choices", role: many ? "group" : "radiogroup", ...scope.labels }, rows);
}
