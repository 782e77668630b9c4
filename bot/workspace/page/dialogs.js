// Dialogs of the page itself: Slack's confirm dialog, a question for a text, and the frame that all dialogs share.
import { el, uniqueId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** A modal <dialog>: the browser keeps the focus inside and gives it back. `cancel` is what Escape does. */
export function dialog({ title, body, buttons, className = "", cancel, close }) {
  const titleId = uniqueId("dialog-title");
  const head = el("header", { class: "dialog-head" }, el("h2", { id: titleId }, title), close ?? null);
  const foot = buttons ? el("footer", { class: "dialog-foot" }, buttons) : null;
  const content = el("div", { class: "dialog-body" }, body);
  const node = el("dialog", { class: `dialog ${className}`, "aria-labelledby": titleId }, head, content, foot);
  node.addEventListener("cancel", (event) => { event.preventDefault(); cancel(); });
  return node;
}

function asked(build) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const done = (answer) => { node.close(); node.remove(); before?.isConnected && before.focus(); resolve(answer); };
    const node = build(done);
    document.body.append(node);
    node.showModal();
    node.querySelector("[data-first]")?.focus();
  });
}

export const button = (label, run, className = "button", props = {}) => el("button", { type: "button", class: className, on: { click: run }, ...props }, label);

/** Resolves to true only if the person confirms; Slack's confirmation object says the words. */
export function confirmed(object, world) {
  return asked((done) => dialog({
    title: textObject(object.title, world),
    body: el("p", {}, textObject(object.text, world)),
    className: "small",
    cancel: () => done(false),
    buttons: [
      button(textObject(object.deny ?? "Cancel", world), () => done(false), "button", { "data-first": true }),
      button(textObject(object.confirm ?? "Yes", world), () => done(true), `button ${object.style === "danger" ? "danger filled" : "primary"}`),
    ],
  }));
}

/** Resolves to the new text, or null if the person gave up. */
export function askText(title, label, value) {
  return asked((done) => {
    const id = uniqueId("ask");
    const area = el("textarea", { id, rows: "4", value, "data-first": true });
    return dialog({
      title,
      body: [el("label", { for: id }, label), area],
      className: "small",
      cancel: () => done(null),
      buttons: [button("Cancel", () => done(null)), button("Save", () => done(area.value), "button primary")],
    });
  });
}
