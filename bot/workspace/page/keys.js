// What the keyboard does, as a dialog.
import { button, dialog } from "./dialogs.js";
import { el } from "./dom.js";

const KEYS = [
  ["Tab, Shift+Tab", "go through the page"],
  ["↑ ↓ Home End", "go through messages, places, menus and options"],
  ["Enter", "on a message: open its thread; in a text: send it"],
  ["Shift+Enter", "a new line"],
  ["/ @ #", "complete a command, a person or app, a channel"],
  ["Escape", "close what is open: a list, a dialog, the thread"],
];

export function showKeys() {
  const done = () => { node.close(); node.remove(); };
  const rows = KEYS.map(([key, does]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, key)), el("td", {}, does)));
  const node = dialog({ title: "Keyboard", body: el("table", { class: "keys" }, el("tbody", {}, rows)), className: "small", cancel: done, buttons: [button("Close", done, "button primary", { autofocus: true })] });
  document.body.append(node);
  node.showModal();
}
