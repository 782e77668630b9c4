// A menu that drops from a button: arrow keys, Home, End, first letters, Escape; focus goes back to the button.
import { el } from "./dom.js";

let open = null;

/** `items` are {label, run, danger?, node?}; the menu is made anew each time it opens. */
export function menuButton(button, name, items) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const mine = open?.button === button;
    closeMenu();
    if (!mine) show(button, name, items());
  });
  return button;
}

function show(button, name, items) {
  const list = el("div", { class: "menu", role: "menu", "aria-label": name, on: { keydown: onKey } }, items.map(entry));
  button.after(list);
  button.setAttribute("aria-expanded", "true");
  open = { button, list };
  place(button, list);
  list.firstElementChild?.focus();
}

function place(button, list) {
  Object.assign(list.style, { left: "0", top: "0" });
  const box = button.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const below = box.bottom + size.height + 8 < window.innerHeight;
  list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - size.width - 8))}px`;
  list.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - size.height - 4)}px`;
}

function entry({ label, run, danger, node }) {
  const pick = () => { const { button } = open; closeMenu(); button.focus(); run(); };
  const props = { class: danger ? "menu-item danger" : "menu-item", type: "button", role: "menuitem", tabindex: "-1", on: { click: pick } };
  return el("button", { ...props, ...(node ? { "aria-label": label, title: label } : {}) }, node ?? label);
}

export function closeMenu() {
  if (!open) return;
  open.button.setAttribute("aria-expanded", "false");
  open.list.remove();
  open = null;
}

function onKey(event) {
  const items = [...open.list.children];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) items.at(moves[event.key] % items.length)?.focus();
  else if (event.key === "Escape") { const { button } = open; closeMenu(); button.focus(); }
  else if (event.key === "Tab") { closeMenu(); return; }
  else if (event.key.length === 1 && event.key !== " ") letter(items, at, event.key);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function letter(items, at, key) {
  const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  order.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
}

document.addEventListener("pointerdown", ({ target }) => {
  if (open && !open.list.contains(target) && !open.button.contains(target)) closeMenu();
});
window.addEventListener("resize", closeMenu);
document.addEventListener("scroll", closeMenu, true);
