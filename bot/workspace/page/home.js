// An app's Home tab.
import { blocks } from "./blocks.js";
import { el } from "./dom.js";
import { keepFocus } from "./focus.js";
import { face, surface } from "./surface.js";

export class Home {
  #print = "";

  constructor(world) {
    this.world = world;
    this.node = el("div", { class: "home", id: "messages", tabindex: "-1" });
    this.content = el("div", { class: "home-content" }, el("p", { class: "empty" }, "Opening …"));
    this.node.append(this.content);
  }

  show(view) {
    const print = face(view ?? {});
    if (print === this.#print) return;
    this.#print = print;
    const ctx = surface({ world: this.world, level: 2, where: { view_id: view?.id }, state: view?.state });
    const fresh = ctx.node = el("div", { class: "home-content" });
    const drawn = view?.blocks?.length ? blocks(view.blocks, ctx) : [el("p", { class: "empty" }, "This app has not published a Home yet.")];
    fresh.append(...drawn);
    keepFocus(this.content, fresh);
    this.content = fresh;
  }
}
