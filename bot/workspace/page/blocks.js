// Block Kit to DOM. A block that this page doesn't know shows its type: nothing vanishes.
// `ctx` is where the blocks stand: {world, level, values, act, suggest, files}.
import { chart } from "./charts.js";
import { el, link, uniqueId } from "./dom.js";
import { element } from "./elements.js";
import { fileCard, picture } from "./files.js";
import { markdown } from "./markdown.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./rich_text.js";
import { scrollable } from "./scrollable.js";
import { dataTable, table } from "./tables.js";
import { plan, taskCard } from "./tasks.js";

const DRAWN = {
  section,
  header: (block, ctx) => el(`h${ctx.level}`, { class: "block-header" }, textObject(block.text, ctx.world)),
  divider: () => el("hr"),
  context,
  actions,
  context_actions: actions,
  input,
  image,
  rich_text: (block, ctx) => richText(block, ctx.world),
  markdown: (block, ctx) => markdown(block.text ?? "", ctx.level),
  table,
  data_table: dataTable,
  data_visualization: chart,
  plan,
  task_card: taskCard,
  file,
  video,
  alert,
  card,
  carousel: (block, ctx) => scrollable(el("div", { class: "carousel" }, (block.elements ?? []).map((one) => card(one, ctx))), "Cards"),
  container,
};

export function blocks(list, ctx) {
  return (list ?? []).map((block, index) => {
    const node = one({ block_id: `block-${index}`, ...block }, ctx);
    node.classList.add("block");
    return node;
  });
}

function one(block, ctx) {
  try {
    return DRAWN[block.type] ? DRAWN[block.type](block, ctx) : unknown(block);
  } catch (error) {
    console.error(error);
    return unknown(block);
  }
}

const unknown = (block) => el("div", { class: "unknown" }, `[A block of the type “${block.type}” that this workspace can't draw]`);

function section(block, ctx) {
  const text = block.text ? el("div", { class: "section-text" }, textObject(block.text, ctx.world)) : null;
  const fields = block.fields?.length ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field" }, textObject(field, ctx.world)))) : null;
  const label = (text?.textContent ?? "").slice(0, 150) || undefined;
  const placed = block.accessory?.type === "image" ? "accessory picture" : "accessory";
  const accessory = block.accessory ? el("div", { class: placed }, element(block.accessory, ctx, block.block_id, { label: block.accessory.accessibility_label ?? (block.accessory.type === "overflow" ? undefined : label) })) : null;
  return el("div", { class: "section" }, el("div", { class: "section-main" }, text, fields), accessory);
}

function context(block, ctx) {
  const part = (item) => (item.type === "image" ? picture(item, { class: "context-image" }) : el("span", {}, textObject(item, ctx.world)));
  return el("div", { class: "context" }, (block.elements ?? []).map(part));
}

function actions(block, ctx) {
  return el("div", { class: "actions" }, (block.elements ?? []).map((item) => element(item, ctx, block.block_id)));
}

function input(block, ctx) {
  const [labelId, inputId, errorId, hintId] = ["label", "input", "error", "hint"].map(uniqueId);
  const optional = block.optional ? el("span", { class: "optional" }, " (optional)") : null;
  const label = el("label", { id: labelId, for: inputId }, textObject(block.label, ctx.world), optional);
  const hint = block.hint ? el("p", { class: "hint", id: hintId }, textObject(block.hint, ctx.world)) : null;
  const error = el("p", { class: "field-error", id: errorId, hidden: true });
  const described = [hint ? hintId : null, errorId].filter(Boolean).join(" ");
  const options = { labelId, inputId, describedBy: described, quiet: !block.dispatch_action, required: !block.optional };
  const drawn = element(block.element, ctx, block.block_id, options);
  return el("div", { class: "input", data: { inputBlock: block.block_id, optional: String(Boolean(block.optional)) } }, label, drawn, hint, error);
}

function image(block, ctx) {
  const title = block.title ? el("figcaption", {}, textObject(block.title, ctx.world)) : null;
  return el("figure", { class: "image" }, title, picture(block));
}

function file(block, ctx) {
  const known = ctx.files?.find(({ id, external_id: external }) => id === block.file_id || external === block.external_id);
  return known ? el("div", {}, fileCard(known)) : el("div", { class: "unknown" }, `[File ${block.external_id ?? block.file_id ?? ""}]`);
}

function video(block, ctx) {
  const about = block.description ? el("div", {}, textObject(block.description, ctx.world)) : null;
  const title = el("span", {}, "Video: ", textObject(block.title ?? block.alt_text ?? "", ctx.world));
  return el("div", { class: "video" }, link(block.title_url ?? block.video_url, title), about);
}

const LEVELS = { info: "Note", warning: "Warning", error: "Error", success: "Success", default: "" };

function alert(block, ctx) {
  const level = block.level in LEVELS ? block.level : "default";
  const word = LEVELS[level] ? el("strong", {}, `${LEVELS[level]}: `) : null;
  return el("div", { class: `alert ${level}`, role: "note" }, word, textObject(block.text, ctx.world));
}

function card(block, ctx) {
  const text = (name) => (block[name] ? el("div", { class: `card-${name}` }, textObject(block[name], ctx.world)) : null);
  const buttons = block.actions?.length ? el("div", { class: "actions" }, block.actions.map((item) => element(item, ctx, block.block_id))) : null;
  return el("div", { class: "card" }, block.hero_image ? picture(block.hero_image) : null, text("title"), text("subtitle"), text("body"), buttons);
}

function container(block, ctx) {
  const title = block.rich_text_title ? richText(block.rich_text_title, ctx.world) : el("span", { class: "container-title" }, textObject(block.title, ctx.world));
  const subtitle = block.subtitle ? el("span", { class: "container-subtitle" }, textObject(block.subtitle, ctx.world)) : null;
  const children = blocks(block.child_blocks, ctx);
  if (!block.is_collapsible) return el("div", { class: "container" }, title, subtitle, children);
  return el("details", { class: "container", open: !block.default_collapsed }, el("summary", {}, title, subtitle), children);
}
