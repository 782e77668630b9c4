// What the blocks of one message or view need to work: the values entered, and the way to the app.
import { post } from "./api.js";
import { present, valuesOf } from "./values.js";

/** `where` names the message or view in calls; `ctx.node` has to be set to what was drawn. */
export function surface({ world, level, where, files, state }) {
  const values = valuesOf(JSON.stringify([world.me, where]), state);
  const ctx = { world, level, values, files, node: null };
  ctx.state = () => values.of(present(ctx.node));
  ctx.act = (action) => post("act", { ...where, action, state: ctx.state() });
  ctx.suggest = (query) => post("suggest", { ...where, ...query });
  return ctx;
}

/** What of a view is drawn: neither its hash nor what was entered into it. */
export function face(view) {
  return JSON.stringify(view, (name, value) => (["hash", "state"].includes(name) ? undefined : value));
}
