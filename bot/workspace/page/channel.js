// The pane of a channel or of direct messages: its header, its messages, its composer.
import { composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el } from "./dom.js";

/** `page` is app.js's: say, openThread, goHome, showSidebar. */
export class ChannelPane {
  constructor(channel, world, page) {
    const name = world.channelName(channel.id);
    const title = channel.im ? name : `#${name}`;
    this.title = title;
    this.app = channel.im ? (channel.members ?? []).map((id) => world.appOfUser(id)).find(Boolean) : null;
    const place = { world, channel: channel.id, level: 2, openThread: page.openThread };
    const empty = channel.im ? `This is the beginning of your messages with ${name}.` : `This is the beginning of ${title}.`;
    this.conversation = new Conversation({ place, label: `Messages in ${title}`, id: "messages", days: true, empty });
    const write = composer({ world, label: `Message ${title}`, commands: true, send: (text) => page.say({ channel: channel.id, text }) });
    this.nodes = [this.#head(channel, title, page, world), el("div", { class: "pane" }, this.conversation.nodes), write];
  }

  #head(channel, title, page, world) {
    const members = channel.members?.length;
    const about = [channel.private && !channel.im ? "Private" : "", members && !channel.im ? `${members} members` : "", channel.topic ?? ""].filter(Boolean).join(" · ");
    const words = el("div", { class: "pane-words" }, el("h1", {}, title), about ? el("p", { class: "pane-about" }, about) : null);
    return el("header", { class: "pane-head" }, page.menuButton(), words, this.app ? homeTabs(this.app, world, page, false) : null);
  }

  show(messages) { this.conversation.show(messages); }
}

/** The two faces of an app: its Home and its direct messages. */
export function homeTabs(app, world, page, isHome) {
  const tab = (label, current, run) => el("button", { type: "button", class: "tab", "aria-current": current ? "page" : null, on: { click: run } }, label);
  const direct = world.directWith(app);
  return el("nav", { class: "tabs", "aria-label": app.name },
    tab("Home", isHome, () => page.goHome(app.id)), direct ? tab("Messages", !isHome, () => page.go(direct.id)) : null);
}
