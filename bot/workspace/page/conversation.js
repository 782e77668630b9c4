// A list of messages that is kept current: only what changed is drawn anew, focus and scroll stay where they were.
import { authorOf } from "./author.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { isOnlyMine, message } from "./message.js";
import { keepFocus } from "./focus.js";
import { dayOf } from "./when.js";

const SAME_BREATH = 300;
const NEAR_BOTTOM = 90;

export class Conversation {
  #drawn = new Map();
  #root = null;

  /**
   * `place` is message.js's; `log` makes it a live region; `days` draws a line where a new day begins.
   * The root of a thread stands above the log: it is edited all the time, and must not be read out each time.
   */
  constructor({ place, label, id, log = false, days = false, empty }) {
    Object.assign(this, { place, days, empty, stuck: true });
    const live = log ? { role: "log", "aria-live": "polite", "aria-relevant": "additions text" } : { role: "region" };
    this.list = el("div", { class: "list", "aria-label": label, ...live });
    this.rootBox = el("div", { class: "root" });
    this.scroller = el("div", { class: "messages", id, tabindex: "-1" }, this.rootBox, this.list);
    this.jump = el("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), "Newest messages");
    this.scroller.addEventListener("keydown", (event) => this.#key(event));
    this.scroller.addEventListener("focusin", ({ target }) => this.#current(target.closest("article")));
    this.scroller.addEventListener("scroll", () => { this.jump.hidden = this.stuck = this.atEnd(); }, { passive: true });
    this.scroller.addEventListener("load", () => this.#settle(), true); // a picture has arrived and takes its place
    new ResizeObserver(() => this.#settle()).observe(this.scroller);
  }

  get nodes() { return [this.scroller, this.jump]; }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  #settle() { if (this.stuck) this.toEnd(); }

  toEnd() { this.scroller.scrollTop = this.scroller.scrollHeight; }

  show(messages, root = null) {
    const first = this.#drawn.size === 0;
    if (first) this.list.setAttribute("aria-busy", "true");
    if (root) this.#lead(root, messages.length);
    this.#place(this.#wanted(messages));
    this.#settle();
    this.jump.hidden = this.atEnd();
    this.#reachable();
    if (first) requestAnimationFrame(() => this.list.removeAttribute("aria-busy"));
  }

  #lead(root, count) {
    const print = JSON.stringify([root, count]);
    if (print === this.#root?.print) return;
    const node = message(root, this.place, false);
    const said = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet";
    if (this.#root) keepFocus(this.#root.node, node);
    else this.rootBox.append(node);
    this.rootBox.querySelector(".reply-count")?.remove();
    this.rootBox.append(el("p", { class: "reply-count" }, said));
    this.#root = { print, node };
  }

  #wanted(messages) {
    const nodes = [];
    const kept = new Map();
    let before = null;
    for (const content of messages) {
      const newDay = this.days && (!before || dayOf(before.ts) !== dayOf(content.ts));
      if (newDay) nodes.push({ key: `day-${dayOf(content.ts)}`, print: dayOf(content.ts), draw: () => dayLine(dayOf(content.ts)) });
      const grouped = !newDay && before !== null && this.#follows(before, content);
      const print = JSON.stringify([content, grouped]);
      nodes.push({ key: content.ts, print, draw: () => message(content, this.place, grouped) });
      before = content;
    }
    if (!messages.length && this.empty) nodes.push({ key: "empty", print: this.empty, draw: () => el("p", { class: "empty" }, this.empty) });
    for (const { key, print, draw } of nodes) {
      const old = this.#drawn.get(key);
      kept.set(key, old?.print === print ? old : { print, node: draw(), replaces: old?.node });
    }
    return kept;
  }

  #follows(before, content) {
    const plain = [before, content].every((one) => !isOnlyMine(one) && !one.subtype?.startsWith("tomb"));
    return plain && content.ts - before.ts < SAME_BREATH && authorOf(before, this.place.world).key === authorOf(content, this.place.world).key;
  }

  #place(wanted) {
    for (const [key, { node }] of this.#drawn) if (!wanted.has(key)) node.remove();
    let at = null;
    for (const { node, replaces } of wanted.values()) {
      if (replaces?.isConnected) keepFocus(replaces, node);
      const next = at ? at.nextSibling : this.list.firstChild;
      if (next !== node) this.list.insertBefore(node, next);
      at = node;
    }
    for (const entry of wanted.values()) delete entry.replaces;
    this.#drawn = wanted;
  }

  #articles() { return [...this.scroller.querySelectorAll("article")]; }

  #reachable() {
    const articles = this.#articles();
    if (articles.length && !articles.some(({ tabIndex }) => tabIndex === 0)) articles.at(-1).tabIndex = 0;
  }

  #current(article) {
    if (!article) return;
    for (const one of this.#articles()) one.tabIndex = one === article ? 0 : -1;
  }

  #key(event) {
    if (!event.target.matches("article")) return;
    const articles = this.#articles();
    const at = articles.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: articles.length - 1 }[event.key];
    if (to !== undefined) articles[Math.max(0, Math.min(to, articles.length - 1))].focus();
    else if (event.key === "Enter" && this.place.openThread) this.place.openThread(event.target.dataset.ts);
    else return;
    event.preventDefault();
  }
}

function dayLine(text) {
  return el("div", { class: "day", role: "separator", "aria-label": text }, el("span", { "aria-hidden": "true" }, text));
}
