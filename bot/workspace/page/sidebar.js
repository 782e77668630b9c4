// The column at the side: who one is, where one can go, firing an alert, the theme and the state of the connection.
import { avatar } from "./author.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { showKeys } from "./keys.js";

export class Sidebar {
  constructor(node, page) {
    Object.assign(this, { node, page, unread: new Map() });
    this.connection = el("p", { class: "connection", role: "status" });
    node.addEventListener("keydown", (event) => arrows(event, node));
  }

  /** `current` is the channel's id, or the app's whose Home is open. */
  show(world, current) {
    const held = document.activeElement?.closest?.("[data-nav]")?.dataset.nav;
    const fire = el("button", { type: "button", class: "button fire", data: { nav: "fire" }, on: { click: this.page.showOffers } }, icon("bell"), "Fire an alert");
    this.node.replaceChildren(
      el("div", { class: "brand" }, mark(), el("div", {}, el("p", { class: "brand-name" }, "Workspace"), el("p", { class: "brand-about" }, "A local stand-in for Slack"))),
      this.#people(world),
      world.offers.length ? fire : "",
      el("nav", { class: "places", "aria-label": "Places" },
        this.#section("Channels", world.rooms().map((channel) => this.#room(channel, current))),
        this.#section("Direct messages", world.directs().map((channel) => this.#direct(channel, world, current))),
        this.#section("Apps", world.appsWithHome().map((app) => this.#app(app, current)))),
      el("div", { class: "sidebar-foot" }, themes(), el("button", { type: "button", class: "button small", data: { nav: "keys" }, on: { click: showKeys } }, "Keyboard"), this.connection),
    );
    if (held) this.node.querySelector(`[data-nav="${CSS.escape(held)}"]`)?.focus();
  }

  connected(yes) {
    this.connection.textContent = yes ? "Live" : "Reconnecting …";
    this.connection.classList.toggle("lost", !yes);
  }

  #people(world) {
    const one = (user) => {
      const role = user.approver ? "may approve" : user.guest ? "guest, may not approve" : "may not approve";
      const name = user.real_name || user.name;
      const id = `person-${user.id}`;
      const input = el("input", { type: "radio", name: "person", value: user.id, id, "aria-label": `${name}, ${role}`, data: { nav: id }, on: { change: () => this.page.become(user.id) } });
      input.checked = user.id === world.me;
      return el("div", { class: "person" }, input, el("label", { for: id }, avatar({ name, tint: user.id }, "small"), el("span", { class: "person-words" }, el("span", {}, name), el("span", { class: "person-role" }, role))));
    };
    return el("fieldset", { class: "people" }, el("legend", {}, "You are"), world.people().map(one));
  }

  #section(title, items) {
    return items.length ? [el("h2", { class: "places-title" }, title), el("ul", {}, items.map((item) => el("li", {}, item)))] : [];
  }

  #item({ id, name, sign, current, run, about = "" }) {
    const count = this.unread.get(id) ?? 0;
    const badge = count ? el("span", { class: "unread" }, String(count)) : null;
    const label = [name, about, count ? `${count} new` : ""].filter(Boolean).join(", ");
    const props = { "aria-label": label, type: "button", class: count ? "nav-item new" : "nav-item", "aria-current": id === current ? "page" : null, data: { nav: id }, on: { click: run } };
    return el("button", props, sign, name, badge);
  }

  #room(channel, current) {
    const sign = el("span", { class: "sign" }, icon(channel.private ? "lock" : "hash"));
    const about = channel.private ? "private" : "";
    return this.#item({ id: channel.id, name: channel.name, sign, current, about, run: () => this.page.go(channel.id) });
  }

  #direct(channel, world, current) {
    const app = (channel.members ?? []).map((id) => world.appOfUser(id)).find(Boolean);
    const name = world.channelName(channel.id);
    return this.#item({ id: channel.id, name, sign: avatar({ name, icon: app?.icon }, "tiny"), current, run: () => this.page.go(channel.id) });
  }

  #app(app, current) {
    return this.#item({ id: app.id, name: `${app.name} Home`, sign: avatar(app, "tiny"), current, run: () => this.page.goHome(app.id) });
  }
}

function mark() {
  return el("img", { class: "mark", src: "icon.svg", alt: "", width: "32", height: "32" });
}

function themes() {
  const choice = (value, label) => {
    const option = el("option", { value }, label);
    option.selected = window.workspaceTheme.choice === value;
    return option;
  };
  const pick = ({ target }) => { window.workspaceTheme.choice = target.value; };
  const select = el("select", { id: "theme", data: { nav: "theme" }, on: { change: pick } }, choice("system", "As the system"), choice("light", "Light"), choice("dark", "Dark"));
  return el("div", { class: "theme" }, el("label", { for: "theme" }, "Theme"), select);
}

function arrows(event, node) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".nav-item")) return;
  const items = [...node.querySelectorAll(".nav-item")];
  items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
  event.preventDefault();
}
