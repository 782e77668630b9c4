// The modal on top of a person's stack of views: its inputs, its errors, submit, close, and back to the one below.
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { button, dialog } from "./dialogs.js";
import { el } from "./dom.js";
import { keepFocus } from "./focus.js";
import { icon } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { missing } from "./required.js";
import { face, surface } from "./surface.js";

export class Modal {
  #open = null;
  #print = "";

  /** `changed` is called after the person did something that may have changed the stack. */
  constructor(changed) { this.changed = changed; }

  show(stack, world) {
    const view = stack.at(-1);
    if (!view) { this.#shut(); return; }
    const print = [face(view), stack.length, world.me].join();
    if (print === this.#print) return;
    this.#print = print;
    this.#draw(view, stack.length, world);
  }

  #shut() {
    this.#open?.node.close();
    this.#open?.node.remove();
    this.#open = null;
    this.#print = "";
  }

  #draw(view, depth, world) {
    const ctx = surface({ world, level: 3, where: { view_id: view.id }, state: view.state });
    ctx.node = el("div", { class: "blocks" });
    const drawn = { view, ctx, blocks: ctx.node, error: el("p", { class: "view-error", role: "alert", hidden: true }) };
    drawn.blocks.append(...blocks(view.blocks, ctx));
    drawn.node = this.#frame(drawn, depth, world);
    const before = this.#open;
    this.#open = drawn;
    if (before?.view.id === view.id) { this.#refresh(before, drawn); return; }
    document.body.append(drawn.node);
    drawn.node.showModal();
    before?.node.remove();
    (drawn.blocks.querySelector("[data-first]") ?? drawn.blocks.querySelector("input, textarea, button") ?? drawn.node.querySelector("button"))?.focus();
  }

  /** An update of the view that is open: the frame stays, so that the focus stays. */
  #refresh(before, drawn) {
    const parts = [".dialog-head h2", ".dialog-foot"].map((part) => [before.node.querySelector(part), drawn.node.querySelector(part)]);
    const scroll = before.node.querySelector(".dialog-body").scrollTop;
    keepFocus(before.blocks, drawn.blocks);
    before.error.replaceWith(drawn.error);
    for (const [old, fresh] of parts) if (old && fresh) keepFocus(old, fresh);
    if (parts[1][0] && !parts[1][1]) parts[1][0].remove();
    if (!parts[1][0] && parts[1][1]) before.node.append(parts[1][1]);
    before.node.setAttribute("aria-labelledby", drawn.node.getAttribute("aria-labelledby"));
    before.node.querySelector(".dialog-body").scrollTop = scroll;
    drawn.node = before.node;
    if (!before.node.contains(document.activeElement)) before.node.querySelector("button")?.focus();
  }

  #frame(drawn, depth, world) {
    const { view } = drawn;
    const leave = () => this.#leave(view.id);
    const closeText = textObject(view.close ?? (depth > 1 ? "Back" : "Close"), world);
    const form = `form-${view.id}`;
    const submit = view.submit ? el("button", { type: "submit", form, class: "button primary", data: { key: "submit" } }, textObject(view.submit, world)) : null;
    return dialog({
      title: textObject(view.title, world),
      body: [drawn.error, el("form", { id: form, novalidate: true, on: { submit: (event) => this.#submit(event) } }, drawn.blocks)],
      className: "modal",
      cancel: () => this.#leave(this.#open.view.id),
      close: button(icon("close"), () => this.#leave(this.#open.view.id), "icon-button", { "aria-label": depth > 1 ? "Back to the dialog before" : "Close" }),
      buttons: [button(closeText, leave, "button", { data: { key: "close" } }), submit],
    });
  }

  async #leave(viewId) {
    await this.#try(() => post("close", { view_id: viewId }));
    this.changed();
  }

  async #submit(event) {
    event.preventDefault();
    const press = this.#open.node.querySelector("[type=submit]");
    if (!press || press.getAttribute("aria-busy") === "true") return;
    const { view, ctx, blocks: node } = this.#open;
    const state = ctx.state();
    const lacking = missing(node, state.values);
    this.#errors(lacking);
    if (Object.keys(lacking).length) return;
    press.setAttribute("aria-busy", "true");
    const answer = await this.#try(() => post("submit", { view_id: view.id, state }));
    press.removeAttribute("aria-busy");
    if (answer?.errors) this.#errors(answer.errors);
    else if (answer) this.changed();
  }

  async #try(action) {
    this.#open.error.hidden = true;
    try {
      return await action();
    } catch (error) {
      this.#say(error.message);
      return null;
    }
  }

  #say(text) {
    if (!this.#open) return;
    this.#open.error.textContent = text;
    this.#open.error.hidden = false;
  }

  #errors(errors) {
    const lost = { ...errors };
    let first = null;
    for (const input of this.#open.blocks.querySelectorAll("[data-input-block]")) {
      const text = errors[input.dataset.inputBlock];
      const field = input.querySelector("input, textarea, [role=group], [role=radiogroup]");
      const note = input.querySelector(".field-error");
      note.textContent = text ?? "";
      note.hidden = !text;
      if (field?.matches("input, textarea")) field.toggleAttribute("aria-invalid", false);
      if (!text) continue;
      delete lost[input.dataset.inputBlock];
      if (field?.matches("input, textarea")) field.setAttribute("aria-invalid", "true");
      first ??= input.querySelector("input, textarea");
    }
    first?.focus();
    if (Object.keys(lost).length) this.#say(Object.values(lost).join(" "));
  }
}
