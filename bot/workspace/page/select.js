// Every select of Block Kit as one searchable combobox: one or several, from a list, from people or channels, or from the app.
import { add, el, uniqueId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const SEARCH_PAUSE = 250;

/**
 * `source(query)` resolves to options or groups ({label, options}); `choose(options)` is told the new choice.
 * `chosen` is the list of options chosen before.
 */
export function combobox({ source, choose, chosen, multiple, max, placeholder, labels, world, minQuery = 0 }) {
  const listId = uniqueId("options");
  const input = el("input", {
    class: "combo-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", placeholder, ...labels,
  });
  const list = el("div", { class: "combo-list", role: "listbox", id: listId, "aria-label": placeholder || "Options", hidden: true });
  const tokens = el("span", { class: "tokens" });
  const node = el("div", { class: "combo" }, tokens, input, el("span", { class: "combo-arrow", "aria-hidden": "true" }, "▾"), list);
  const state = { input, list, tokens, world, chosen: [...chosen], options: [], at: -1, multiple, max, choose, source, minQuery, asked: 0 };
  wire(state, node);
  drawChosen(state);
  return node;
}

function wire(state, node) {
  const { input } = state;
  let pause = 0;
  input.addEventListener("click", () => { if (state.list.hidden) { input.select(); search(state, ""); } });
  input.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(() => search(state, input.value), SEARCH_PAUSE); });
  input.addEventListener("keydown", (event) => key(state, event));
  node.addEventListener("focusout", ({ relatedTarget }) => { if (!node.contains(relatedTarget)) close(state); });
}

async function search(state, query) {
  const turn = (state.asked += 1);
  if (query.length < state.minQuery) return show(state, [], `Type ${state.minQuery === 1 ? "a character" : `${state.minQuery} characters`} or more to search`);
  show(state, [], "Searching …");
  let groups;
  try {
    groups = await state.source(query);
  } catch (error) {
    groups = null;
    if (turn === state.asked) show(state, [], error.message);
  }
  if (groups && turn === state.asked) show(state, groups, "Nothing found");
  return undefined;
}

function show(state, found, empty) {
  const groups = found.length && found[0].options ? found : [{ options: found }];
  state.options = [];
  state.list.replaceChildren(...groups.flatMap((group) => drawGroup(state, group)));
  if (!state.options.length) state.list.append(el("div", { class: "combo-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, empty));
  state.list.hidden = false;
  state.input.setAttribute("aria-expanded", "true");
  point(state, Math.max(0, state.options.findIndex(({ option }) => isChosen(state, option))));
  state.list.scrollIntoView({ block: "nearest" });
}

function drawGroup(state, group) {
  const options = (group.options ?? []).map((option) => drawOption(state, option));
  if (!group.label) return options;
  const id = uniqueId("group");
  const title = el("div", { class: "combo-group", id, role: "presentation" }, textObject(group.label, state.world));
  return [el("div", { role: "group", "aria-labelledby": id }, title, options)];
}

function drawOption(state, option) {
  const pick = (event) => { event.preventDefault(); take(state, option); };
  const about = option.description ? el("span", { class: "combo-about" }, textObject(option.description, state.world)) : null;
  const props = { class: "combo-option", role: "option", id: uniqueId("option"), "aria-selected": String(isChosen(state, option)), on: { pointerdown: pick } };
  const node = el("div", props, el("span", {}, textObject(option.text, state.world)), about);
  state.options.push({ option, node });
  return node;
}

const isChosen = (state, option) => state.chosen.some(({ value }) => value === option.value);

function take(state, option) {
  if (!state.multiple) state.chosen = [option];
  else if (isChosen(state, option)) state.chosen = state.chosen.filter(({ value }) => value !== option.value);
  else if (!state.max || state.chosen.length < state.max) state.chosen = [...state.chosen, option];
  changed(state);
}

function changed(state) {
  close(state);
  state.choose(state.chosen);
}

function drawChosen(state) {
  const { input, tokens, multiple, chosen, world } = state;
  tokens.replaceChildren();
  if (!multiple) {
    const shown = el("span");
    add(shown, textObject(chosen[0]?.text ?? "", world));
    input.value = shown.textContent;
    return;
  }
  input.value = "";
  for (const option of chosen) {
    const drop = () => { state.chosen = state.chosen.filter((one) => one !== option); changed(state); input.focus(); };
    const text = el("span", {}, textObject(option.text, world));
    tokens.append(el("button", { type: "button", class: "token", "aria-label": `Remove ${text.textContent}`, on: { click: drop } }, text, " ×"));
  }
}

function close(state) {
  state.asked += 1;
  state.list.hidden = true;
  state.input.setAttribute("aria-expanded", "false");
  state.input.removeAttribute("aria-activedescendant");
  drawChosen(state);
}

function point(state, at) {
  state.options[state.at]?.node.classList.remove("at");
  state.at = state.options.length ? (at + state.options.length) % state.options.length : -1;
  const option = state.options[state.at];
  option?.node.classList.add("at");
  option?.node.scrollIntoView({ block: "nearest" });
  if (option) state.input.setAttribute("aria-activedescendant", option.node.id);
  else state.input.removeAttribute("aria-activedescendant");
}

function key(state, event) {
  const isOpen = !state.list.hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (isOpen) point(state, state.at + (event.key === "ArrowDown" ? 1 : -1));
    else search(state, "");
  } else if (event.key === "Enter" && isOpen) {
    if (state.options[state.at]) take(state, state.options[state.at].option);
  } else if (event.key === "Escape" && isOpen) {
    close(state);
  } else if (event.key === "Backspace" && state.multiple && !state.input.value && state.chosen.length) {
    state.chosen = state.chosen.slice(0, -1);
    changed(state);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
