// The table block and the data_table block: the latter sorts by its headers and shows one page at a time.
import { el, uniqueId } from "./dom.js";
import { element } from "./elements.js";
import { richText } from "./rich_text.js";
import { scrollable } from "./scrollable.js";

const numeric = (cell) => cell?.type === "raw_number";

function cell(content, ctx, blockId) {
  switch (content?.type) {
    case "rich_text": return richText(content, ctx.world);
    case "raw_number": return content.text ?? String(content.value);
    case "action": return element(content.element ?? content, ctx, blockId);
    default: return content?.text ?? "";
  }
}

function scrolled(table, name) {
  return scrollable(el("div", { class: "table-scroll" }, table), name);
}

export function table(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const look = (index) => {
    const { align, is_wrapped: wrapped } = block.column_settings?.[index] ?? {};
    return [align === "right" || align === "center" ? align : "", wrapped ? "wrap" : ""].join(" ").trim() || null;
  };
  const header = el("tr", {}, head.map((content, index) => el("th", { scope: "col", class: look(index) ?? (rows.length && rows.every((row) => numeric(row[index])) ? "right" : null) }, cell(content, ctx, block.block_id))));
  const line = (row) => el("tr", {}, row.map((content, index) => el("td", { class: look(index) ?? (numeric(content) ? "right" : null) }, cell(content, ctx, block.block_id))));
  return scrolled(el("table", {}, el("thead", {}, header), el("tbody", {}, rows.map(line))), "Table");
}

export function dataTable(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const view = { block, ctx, rows, page: 0, size: block.page_size ?? 5, column: -1, down: false };
  const captionId = uniqueId("caption");
  view.body = el("tbody");
  view.heads = head.map((content, index) => {
    const button = el("button", { type: "button", class: "sort", on: { click: () => { sort(view, index); } } }, cell(content, ctx, block.block_id));
    return el("th", { scope: "col", "aria-sort": "none", class: rows.every((row) => numeric(row[index])) ? "right" : null }, button);
  });
  const node = el("table", { "aria-labelledby": captionId }, el("thead", {}, el("tr", {}, view.heads)), view.body);
  view.where = el("span", { role: "status" });
  const turn = (by) => () => { view.page += by; fill(view); };
  view.back = el("button", { type: "button", class: "button small", on: { click: turn(-1) } }, "Previous rows");
  view.next = el("button", { type: "button", class: "button small", on: { click: turn(1) } }, "Next rows");
  const pages = el("div", { class: "pager", hidden: rows.length <= view.size }, view.back, view.next, view.where);
  fill(view);
  return el("div", { class: "data-table" }, el("div", { class: "caption", id: captionId }, block.caption ?? "Table"), scrolled(node, block.caption ?? "Table"), pages);
}

function fill(view) {
  const { block, ctx, size } = view;
  const first = view.page * size;
  const named = block.row_header_column_index ?? 0;
  const line = (row) => el("tr", {}, row.map((content, index) => {
    const props = { class: numeric(content) ? "right" : null };
    return index === named ? el("th", { scope: "row", ...props }, cell(content, ctx, block.block_id)) : el("td", props, cell(content, ctx, block.block_id));
  }));
  const shown = view.rows.slice(first, first + size);
  view.body.replaceChildren(...shown.map(line));
  view.where.textContent = `Rows ${first + 1} to ${first + shown.length} of ${view.rows.length}`;
  view.back.disabled = view.page === 0;
  view.next.disabled = first + size >= view.rows.length;
}

function sort(view, column) {
  view.down = view.column === column && !view.down;
  view.column = column;
  const key = (row) => (numeric(row[column]) ? row[column].value : el("i", {}, cell(row[column], view.ctx, view.block.block_id)).textContent);
  const order = (a, b) => (typeof key(a) === "number" && typeof key(b) === "number" ? key(a) - key(b) : String(key(a)).localeCompare(String(key(b))));
  view.rows = [...view.rows].sort((a, b) => (view.down ? order(b, a) : order(a, b)));
  view.heads.forEach((head, index) => head.setAttribute("aria-sort", index === column ? (view.down ? "descending" : "ascending") : "none"));
  view.page = 0;
  fill(view);
}
