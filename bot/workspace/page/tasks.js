// Plans and their tasks. A task's state is said in words; colour and sign only repeat it.
import { el, link } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const STATES = { pending: ["Waiting", "○"], in_progress: ["Working", "◐"], complete: ["Done", "✓"], error: ["Failed", "!"] };

export function plan(block, ctx) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter(({ status }) => status === "complete").length;
  const title = el("div", { class: "plan-title" }, plainTitle(block.title), el("span", { class: "plan-count" }, `${done} of ${tasks.length} done`));
  return el("div", { class: "plan" }, title, el("ul", { class: "tasks" }, tasks.map((task) => el("li", {}, taskCard(task, ctx)))));
}

export function taskCard(task, ctx) {
  const [words, sign] = STATES[task.status] ?? [task.status ?? "Unknown", "?"];
  const state = el("span", { class: `task-state ${task.status}` }, el("span", { class: "task-sign", "aria-hidden": "true" }, sign), words);
  const sources = (task.sources ?? []).map((source) => el("li", {}, link(source.url, source.text || source.url)));
  return el("div", { class: "task" },
    el("div", { class: "task-head" }, el("span", { class: "task-title" }, plainTitle(task.title)), state),
    part("Details", task.details, ctx), part("Result", task.output, ctx),
    sources.length ? el("ul", { class: "task-sources", "aria-label": "Sources" }, sources) : null);
}

const plainTitle = (title) => (typeof title === "string" ? title : title?.text ?? "");

function part(name, rich, ctx) {
  if (!rich) return null;
  const content = rich.type === "rich_text" ? richText(rich, ctx.world) : textObject(rich, ctx.world);
  return el("div", { class: "task-part" }, el("span", { class: "visually-hidden" }, `${name}: `), content);
}
