// Where one writes: Enter sends, Shift+Enter breaks the line; / completes commands, @ people and apps, # channels.
import { el, uniqueId } from "./dom.js";

const drafts = new Map();

/** `send(text)` gets the text as typed (the workspace links names and escapes it) and resolves to true if it went out. */
export function composer({ world, place, label, send, commands }) {
  const draft = `${world.me}/${label}`;
  const listId = uniqueId("suggestions");
  const area = el("textarea", {
    id: place === "thread" ? "thread-composer" : "composer", rows: "1", "aria-label": label, placeholder: label, value: drafts.get(draft) ?? "",
    autocomplete: "off", "aria-autocomplete": "list", "aria-controls": listId,
  });
  const list = el("div", { class: "suggestions", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const said = el("span", { class: "visually-hidden", role: "status" });
  const state = { area, list, said, world, commands, found: [], at: 0 };
  const button = el("button", { type: "submit", class: "button primary send" }, "Send");
  const form = el("form", { class: "composer" }, list, area, el("div", { class: "composer-foot" }, el("span", { class: "composer-hint" }, hint(commands)), button), said);
  const submit = async (event) => {
    event?.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    set(state, "");
    drafts.delete(draft);
    if (!(await send(text)) && !area.value) set(state, text);
  };
  form.addEventListener("submit", submit);
  area.addEventListener("input", () => { drafts.set(draft, area.value); grow(area); suggest(state); });
  area.addEventListener("blur", () => hide(state));
  area.addEventListener("keydown", (event) => { if (!keyInList(state, event) && event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event); });
  requestAnimationFrame(() => grow(area));
  return form;
}

const hint = (commands) => (commands ? "Enter sends · Shift+Enter for a new line · / for commands" : "Enter sends · Shift+Enter for a new line");

function set(state, text) {
  state.area.value = text;
  grow(state.area);
  hide(state);
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 220)}px`;
}

function suggest(state) {
  const before = state.area.value.slice(0, state.area.selectionStart);
  const command = state.commands && /^\/(\S*)$/.exec(before);
  const name = /(?:^|[\s(])([@#])([\w-]*)$/.exec(before);
  if (command) offer(state, commands(state, before), before.length);
  else if (name) offer(state, named(state.world, name[1], name[2].toLowerCase()), name[2].length + 1);
  else hide(state);
}

function commands({ world }, typed) {
  const found = world.commands.filter(({ command }) => command.startsWith(typed.toLowerCase()));
  return found.map(({ command, usage, description }) => ({ text: command, title: [command, usage].filter(Boolean).join(" "), about: description ?? "" }));
}

function named(world, sign, typed) {
  const starts = (...names) => names.some((name) => name && name.toLowerCase().split(/\s+/).concat(name.toLowerCase()).some((word) => word.startsWith(typed)));
  if (sign === "#") return world.rooms().filter(({ name }) => starts(name)).map(({ name, topic }) => ({ text: `#${name}`, title: `#${name}`, about: topic ?? "" }));
  const people = world.mentionable().filter((one) => starts(one.name, one.handle)).map(({ name, about }) => ({ text: `@${name}`, title: name, about }));
  return people.slice(0, 8);
}

function offer(state, found, typed) {
  if (!found.length) { hide(state); return; }
  Object.assign(state, { found, typed });
  state.list.replaceChildren(...found.map((one, index) => {
    const take = (event) => { event.preventDefault(); accept(state, index); };
    return el("div", { class: "suggestion", role: "option", id: uniqueId("suggestion"), "aria-selected": "false", on: { pointerdown: take } },
      el("span", { class: "suggestion-title" }, one.title), one.about ? el("span", { class: "suggestion-about" }, one.about) : null);
  }));
  state.list.hidden = false;
  state.said.textContent = `${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}, arrow keys to choose, Tab to take`;
  point(state, 0);
}

function point(state, to) {
  state.at = (to + state.found.length) % state.found.length;
  [...state.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === state.at)));
  const node = state.list.children[state.at];
  node.scrollIntoView({ block: "nearest" });
  state.area.setAttribute("aria-activedescendant", node.id);
}

function hide(state) {
  state.list.hidden = true;
  state.found = [];
  state.said.textContent = "";
  state.area.removeAttribute("aria-activedescendant");
}

function accept(state, index) {
  const { area, typed } = state;
  const start = area.selectionStart - typed;
  area.setRangeText(`${state.found[index].text} `, start, area.selectionStart, "end");
  hide(state);
  area.dispatchEvent(new Event("input"));
}

/** True if the key was for the list of suggestions. A command typed out is sent by Enter, not completed. */
function keyInList(state, event) {
  if (state.list.hidden) return false;
  const whole = event.key === "Enter" && state.found[state.at].text === state.area.value.trim();
  if (event.key === "ArrowDown") point(state, state.at + 1);
  else if (event.key === "ArrowUp") point(state, state.at - 1);
  else if (event.key === "Escape") hide(state);
  else if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && !event.shiftKey && !whole)) accept(state, state.at);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
