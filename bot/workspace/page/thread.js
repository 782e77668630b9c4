// The thread pane: the message that began it, the replies as a live log, what an agent is doing there, and a composer.
import { post } from "./api.js";
import { composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { button } from "./dialogs.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { attempt } from "./notice.js";

export class ThreadPane {
  constructor({ channel, ts, world, page }) {
    const name = world.channelName(channel.id);
    const place = { world, channel: channel.id, level: 3 };
    this.ts = ts;
    this.conversation = new Conversation({ place, label: "Replies", id: "thread-messages", log: true });
    this.close = el("button", { type: "button", class: "icon-button", "aria-label": "Close the thread", on: { click: page.closeThread } }, icon("close"));
    const title = el("div", { class: "pane-words" }, el("h2", { id: "thread-title" }, "Thread"), el("p", { class: "pane-about" }, channel.im ? name : `#${name}`));
    const write = composer({ world, place: "thread", label: "Reply in thread", commands: false, send: (text) => page.say({ channel: channel.id, thread_ts: ts, text }) });
    this.session = el("div", { class: "session", role: "status" });
    this.showSession = () => drawSession(this.session, channel.id, ts, world);
    this.showSession();
    this.nodes = [el("header", { class: "pane-head" }, title, this.close), el("div", { class: "pane" }, this.conversation.nodes), this.session, write];
  }

  show(messages) {
    const root = messages.find(({ ts }) => ts === this.ts);
    const replies = messages.filter(({ ts }) => ts !== this.ts);
    this.conversation.show(replies, root ?? { ts: this.ts, text: "_The message that began this thread is gone._", subtype: "tombstone" });
  }
}

const DOING = { processing: "An agent is at work", suspended: "An agent waits for a person" };

/** Slack shows an agent's session below its thread, with a Stop button while it is at work. */
function drawSession(node, channel, ts, world) {
  const status = world.channel(channel)?.sessions?.[ts];
  if (node.dataset.status === String(status)) return;
  node.dataset.status = String(status);
  const stop = button("Stop", () => attempt(() => post("stop", { channel, thread_ts: ts })), "button danger small");
  node.replaceChildren(...(DOING[status] ? [el("span", {}, DOING[status]), ...(status === "processing" ? [stop] : [])] : []));
}
