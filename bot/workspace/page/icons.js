// The page's own signs, drawn, so that they look the same whatever fonts there are.
import { svg } from "./dom.js";

const PATHS = {
  bell: "M6 17h12l-1.6-2.4V10a4.4 4.4 0 0 0-8.8 0v4.6zM10.3 19.5a1.9 1.9 0 0 0 3.4 0",
  lock: "M7 11h10v8H7zM9 11V8a3 3 0 0 1 6 0v3",
  hash: "M9.5 4.5 8 19.5M16 4.5l-1.5 15M5 9.5h14.5M4.5 14.5H19",
  smile: "M12 3.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4zM8.4 14.2a4.6 4.6 0 0 0 7.2 0M9.2 9.4v.6M14.8 9.4v.6",
  reply: "M4 5.5h16v10.5h-8.5L7.5 19.5V16H4z",
  dots: "M12 5.4v.1M12 12v.1M12 18.6v.1",
  eye: "M2.8 12S6.2 5.8 12 5.8 21.2 12 21.2 12 17.8 18.2 12 18.2 2.8 12 2.8 12zM12 9.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z",
  pin: "M9 4h6l-.8 6.2 2.8 2.8H7l2.8-2.8zM12 13v7",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  thumb_up: "M7.5 11v8.5H4V11zM7.5 11l3.6-7.2c1.5 0 2.4 1 2.1 2.6L12.6 10h6.2l-1.6 8.2c-.1.8-.8 1.3-1.6 1.3H7.5",
  thumb_down: "M7.5 13V4.5H4V13zM7.5 13l3.6 7.2c1.5 0 2.4-1 2.1-2.6L12.6 14h6.2l-1.6-8.2c-.1-.8-.8-1.3-1.6-1.3H7.5",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, svg("path", { d: PATHS[name], "stroke-width": name === "dots" ? 3 : null }));
}
