// Text fields of modals: plain text, number, e-mail, web address, and rich text entered as plain text.
import { el } from "./dom.js";

const TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

export function initialText(node) {
  if (node.type !== "rich_text_input") return { value: node.initial_value ?? null };
  return { rich_text_value: node.initial_value ?? null };
}

export function field(node, scope) {
  const rich = node.type === "rich_text_input";
  const tall = node.multiline || rich;
  const held = rich ? plainOf(scope.value?.rich_text_value) : scope.value?.value ?? "";
  const input = el(tall ? "textarea" : "input", {
    class: "text-input",
    type: tall ? null : TYPES[node.type] ?? "text",
    rows: tall ? "4" : null,
    placeholder: node.placeholder?.text,
    maxlength: node.max_length,
    minlength: node.min_length,
    min: node.min_value,
    max: node.max_value,
    step: node.type === "number_input" ? (node.is_decimal_allowed ? "any" : "1") : null,
    value: held,
    "aria-required": scope.required ? "true" : null,
    "data-first": node.focus_on_load,
    ...scope.labels,
  });
  const written = () => (rich ? { rich_text_value: richOf(input.value) } : { value: input.value || null });
  const dispatch = node.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  input.addEventListener("input", () => {
    scope.keep(written());
    if (!scope.quiet && dispatch.includes("on_character_entered")) scope.send(written());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || tall || scope.quiet || !dispatch.includes("on_enter_pressed")) return;
    event.preventDefault();
    scope.send(written());
  });
  return input;
}

function richOf(text) {
  if (!text) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function plainOf(rich) {
  return (rich?.elements ?? []).flatMap(({ elements }) => elements ?? []).map(({ text }) => text ?? "").join("");
}
