// Who wrote a message, as people see it: a person, an app, or an app under another name and icon.
import { el } from "./dom.js";
import { symbolOf } from "./emoji.js";

const TINTS = 8;

export function authorOf(message, world) {
  const app = world.app(message.bot_id) ?? world.appOfUser(message.user);
  const profile = message.bot_profile ?? {};
  const isApp = Boolean(message.bot_id || app);
  if (message.user === "USLACKBOT") return { name: "Workspace", isApp: true, icon: ":speech_balloon:", key: "USLACKBOT" };
  const name = message.username || profile.name || app?.name || (message.user ? world.userName(message.user) : "Unknown");
  const icon = message.icons?.emoji ?? profile.icons?.emoji ?? app?.icon;
  return { name, isApp, icon: isApp ? icon : null, key: `${message.user ?? message.bot_id ?? ""}/${name}`, tint: isApp ? name : message.user };
}

export function avatar({ name, icon, tint: from }, size = "") {
  const symbol = icon ? symbolOf(String(icon).replaceAll(":", "")) : null;
  const letters = name.split(/\s+/).map((word) => word[0] ?? "").join("").slice(0, 2).toUpperCase();
  const tint = [...(from ?? name)].reduce((sum, letter) => (sum * 37 + letter.codePointAt(0)) % 1009, 7) % TINTS;
  return el("span", { class: `avatar ${size} ${symbol ? "symbol" : `tint${tint}`}`, "aria-hidden": "true" }, symbol ?? letters);
}
