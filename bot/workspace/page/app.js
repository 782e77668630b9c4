// The page: which person is at which place, what is on screen there, and fetching again whatever has changed.
import { get, post, speakAs } from "./api.js";
import { avatar } from "./author.js";
import { ChannelPane, homeTabs } from "./channel.js";
import { el } from "./dom.js";
import { Home } from "./home.js";
import { icon } from "./icons.js";
import { listen } from "./live.js";
import { Modal } from "./modal.js";
import { attempt, notice } from "./notice.js";
import { showOffers } from "./offers.js";
import { placeIn, written } from "./place.js";
import { Refresher } from "./refresher.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { World } from "./world.js";

const node = (id) => document.getElementById(id);
const FIRST_PERSON = "U0ADA";

let world = null;
let place = placeIn(location.hash);
let main = null;
let drawnRoom = null;
let thread = null;
let arrivals = 0;
let hangUp = () => {};

const page = {
  go: (channel) => move({ channel, app: null, thread: null }),
  goHome: (app) => move({ app, channel: null, thread: null }),
  openThread: (ts) => move({ ...place, thread: ts }),
  closeThread: () => closeThread(),
  become: (person) => move({ ...place, person, thread: null }),
  showOffers: () => showOffers(world.offers, fired),
  menuButton: () => el("button", { type: "button", class: "icon-button menu-toggle", "aria-label": "Places and people", "aria-expanded": "false", "aria-controls": "sidebar", on: { click: toggleSidebar } }, icon("menu")),
  say: async (message) => {
    const said = await attempt(() => post("say", message));
    refresher.ask(["messages", "thread", "views"]);
    return said !== null;
  },
};

const sidebar = new Sidebar(node("sidebar"), page);
const modal = new Modal(() => refresher.ask(["views", "messages", "thread"]));

const refresher = new Refresher({
  state: [() => get("state"), (state) => { world.read(state); sidebar.show(world, place.app ?? place.channel); thread?.showSession(); }],
  messages: [() => (place.channel ? get("messages", { channel: place.channel }) : null), ({ messages }) => main.show(messages)],
  thread: [() => (place.thread ? get("messages", { channel: place.channel, thread_ts: place.thread }) : null), ({ messages }) => thread?.show(messages)],
  views: [() => get("views"), ({ home, modals }) => { modal.show(modals ?? [], world); if (place.app) main.show(home); }],
}, (error) => notice(error.message, "error"));

const ALL = ["state", "messages", "thread", "views"];
const CHANGES = { view: ["views"], home: ["views"], channel: ["state", "messages"], files: ["messages", "thread"], everything: ALL };

function pushed(event) {
  if (event.type === "message" && event.channel !== place.channel && !isReply(event.message)) {
    sidebar.unread.set(event.channel, (sidebar.unread.get(event.channel) ?? 0) + 1);
    sidebar.show(world, place.app ?? place.channel);
    if (!world.channel(event.channel)) refresher.ask(["state"]);
  }
  if (CHANGES[event.type]) refresher.ask(CHANGES[event.type]);
  else if (event.channel === place.channel) refresher.ask(["messages", "thread"]);
}

const isReply = (message) => Boolean(message?.thread_ts && message.thread_ts !== message.ts);

function fired(offer) {
  notice(`Fired: ${offer.title}`);
  const alerts = world.rooms().find(({ name }) => name === "alerts");
  if (alerts) page.go(alerts.id);
}

function move(to) {
  const next = { person: place.person, ...to };
  const address = written(next);
  if (address === location.hash) arrive();
  else location.hash = address;
}

/** Draws what the address says, whoever changed it: a click, the back button, a link. */
async function arrive() {
  const turn = (arrivals += 1);
  refresher.drop();
  place = placeIn(location.hash);
  if ((!world || place.person !== world.me) && !(await begin(turn))) return;
  settle();
  const room = [place.person, place.channel, place.app].join();
  const stays = room === drawnRoom;
  if (!stays) drawMain();
  drawThread(stays);
  drawnRoom = room;
  sidebar.unread.delete(place.channel);
  sidebar.show(world, place.app ?? place.channel);
  showPane(place.thread ? "thread" : "main");
  refresher.ask(["messages", "thread", "views"]);
  if (place.app && !stays) attempt(() => post("home", {})).then(() => refresher.ask(["views"]));
}

/** Becomes the person of the address; false if that failed, or if the address has changed meanwhile. */
async function begin(turn) {
  speakAs(place.person ?? FIRST_PERSON);
  const state = await attempt(() => get("state"));
  if (turn !== arrivals) return false;
  if (!state) { location.hash = ""; setTimeout(arrive, 2000); return false; }
  hangUp();
  world = new World(state);
  drawnRoom = null;
  sidebar.unread.clear();
  hangUp = listen({ push: pushed, connection: (yes) => sidebar.connected(yes) });
  return true;
}

/** A place that this person can't see becomes the first one they can. */
function settle() {
  place = settled();
  history.replaceState(null, "", written(place));
}

function settled() {
  const { channel, app } = place;
  if (app && world.appsWithHome().some(({ id }) => id === app)) return { person: world.me, app, channel: null, thread: null };
  if (channel && world.channel(channel)) return { ...place, person: world.me, app: null };
  return { person: world.me, channel: (world.rooms()[0] ?? world.directs()[0])?.id, app: null, thread: null };
}

function drawMain() {
  const channel = world.channel(place.channel);
  if (place.app) {
    const app = world.apps.find(({ id }) => id === place.app);
    main = new Home(world);
    const words = el("div", { class: "pane-words" }, el("h1", {}, app.name));
    const head = el("header", { class: "pane-head" }, page.menuButton(), avatar({ name: app.name, icon: app.icon }, "small"), words, homeTabs(app, world, page, true));
    node("main").replaceChildren(head, main.node);
    document.title = `${app.name} · Workspace`;
  } else {
    main = new ChannelPane(channel, world, page);
    node("main").replaceChildren(...main.nodes);
    document.title = `${main.title} · Workspace`;
  }
}

function drawThread(stays) {
  if (stays && thread && thread.ts === place.thread) return;
  const opens = Boolean(place.thread);
  thread = opens ? new ThreadPane({ channel: world.channel(place.channel), ts: place.thread, world, page }) : null;
  node("thread").replaceChildren(...(thread?.nodes ?? []));
  node("thread").hidden = !opens;
  node("frame").classList.toggle("with-thread", opens);
  if (opens && stays) node("thread-composer").focus();
}

function closeThread() {
  const ts = place.thread;
  move({ ...place, thread: null });
  const root = node("messages")?.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
  showPane("main");
  root?.focus();
}

/** On a narrow screen one pane shows at a time, below the head of the channel. */
function showPane(name) {
  node("frame").dataset.pane = name;
  node("main").querySelector(".menu-toggle")?.setAttribute("aria-expanded", String(name === "sidebar"));
  for (const skip of document.querySelectorAll("[data-skip]")) skip.hidden = !node(skip.dataset.skip);
}

function toggleSidebar() {
  if (node("frame").dataset.pane === "sidebar") { showPane(place.thread ? "thread" : "main"); return; }
  showPane("sidebar");
  node("sidebar").querySelector(".nav-item[aria-current]")?.focus();
}

document.addEventListener("keydown", ({ key, defaultPrevented }) => {
  if (key !== "Escape" || defaultPrevented || document.querySelector("dialog[open]")) return;
  if (node("frame").dataset.pane === "sidebar") { toggleSidebar(); node("main").querySelector(".menu-toggle")?.focus(); }
  else if (place.thread && node("thread").contains(document.activeElement)) closeThread();
});
for (const skip of document.querySelectorAll("[data-skip]")) {
  skip.addEventListener("click", (event) => { event.preventDefault(); node(skip.dataset.skip)?.focus(); });
}
window.addEventListener("hashchange", arrive);
arrive();
