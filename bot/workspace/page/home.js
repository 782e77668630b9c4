// An app's Home tab.
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { el } from "./dom.js";
import { keepFocus } from "./focus.js";
import { present, valuesOf } from "./values.js";

export class Home {
  #print = "";

  constructor(world) {
    this.world = world;
    this.node = el("div", { class: "home", id: "messages", tabindex: "-1" });
    this.content = el("div", { class: "home-content" }, el("p", { class: "empty" }, "Opening …"));
    this.node.append(this.content);
  }

  show(view) {
    const { state, hash, ...content } = view ?? {};
    const print = JSON.stringify(content);
    if (print === this.#print) return;
    this.#print = print;
    const fresh = el("div", { class: "home-content" });
    const { world } = this;
    const values = valuesOf(`${world.me}/${view?.id}`);
    const ctx = { world, level: 2, values };
    ctx.act = (action) => post("act", { view_id: view.id, action, state: values.of(present(fresh)) });
    ctx.suggest = (query) => post("suggest", { view_id: view.id, ...query });
    const drawn = view?.blocks?.length ? blocks(view.blocks, ctx) : [el("p", { class: "empty" }, "This app has not published a Home yet.")];
    fresh.append(...drawn);
    keepFocus(this.content, fresh);
    this.content = fresh;
  }
}
