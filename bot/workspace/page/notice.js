// Short words at the edge of the page: what went wrong, or what was done. Read out by screen readers.
import { el } from "./dom.js";
import { icon } from "./icons.js";

const SECONDS = 8;

export function notice(text, kind = "plain") {
  if ([...document.querySelectorAll(".notice > span")].some(({ textContent }) => textContent === text)) return;
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", on: { click: () => node.remove() } }, icon("close"));
  const node = el("div", { class: `notice ${kind}` }, el("span", {}, text), close);
  document.getElementById("notices").append(node);
  setTimeout(() => node.remove(), SECONDS * 1000);
}

/** Runs an action of the person's and says so if the workspace refused it. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    notice(error.message, "error");
    return null;
  }
}
