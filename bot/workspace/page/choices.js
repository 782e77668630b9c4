// What each kind of select offers, and how its choice is written into an action and into the state.
import { combobox } from "./select.js";

const plain = (text) => ({ type: "plain_text", text, emoji: false });

function matching(options, query) {
  const wanted = query.trim().toLowerCase();
  return options.filter((option) => `${option.text?.text ?? ""} ${option.value}`.toLowerCase().includes(wanted));
}

const people = (world) => world.people().map((user) => ({ text: plain(user.real_name || user.name), value: user.id }));
const rooms = (world) => world.rooms().map((channel) => ({ text: plain(`#${channel.name}`), value: channel.id }));
const conversations = (world) => [...rooms(world), ...world.directs().map((one) => ({ text: plain(world.channelName(one.id)), value: one.id }))];

const OFFERS = { users: people, channels: rooms, conversations };
const SHAPES = { users: "user", channels: "channel", conversations: "conversation" };

/** Draws `static_select`, `multi_users_select` … ; `ctx.change(value)` gets the state's shape. */
export function select(node, ctx) {
  const multiple = node.type.startsWith("multi_");
  const kind = node.type.replace("multi_", "").replace("_select", "");
  return combobox({
    source: source(node, kind, ctx),
    chosen: chosen(node, kind, ctx),
    choose: (options) => ctx.change(written(kind, multiple, options)),
    multiple,
    max: node.max_selected_items,
    placeholder: node.placeholder?.text ?? "Choose an option",
    minQuery: kind === "external" ? node.min_query_length ?? 3 : 0,
    labels: ctx.labels,
    world: ctx.world,
  });
}

function source(node, kind, ctx) {
  if (kind === "external") return async (query) => { const answer = await ctx.suggest(query); return answer.option_groups ?? answer.options ?? []; };
  if (OFFERS[kind]) return async (query) => matching(OFFERS[kind](ctx.world), query);
  if (node.option_groups) {
    const groups = (query) => node.option_groups.map((group) => ({ label: group.label, options: matching(group.options, query) }));
    return async (query) => groups(query).filter((group) => group.options.length);
  }
  return async (query) => matching(node.options ?? [], query);
}

function chosen(node, kind, ctx) {
  const shape = SHAPES[kind] ?? "option";
  const held = ctx.value ?? {};
  const several = held[`selected_${shape}s`] ?? [];
  const all = held[`selected_${shape}`] ? [held[`selected_${shape}`]] : several;
  return shape === "option" ? all : all.map((id) => OFFERS[kind](ctx.world).find(({ value }) => value === id) ?? { text: plain(id), value: id });
}

function written(kind, multiple, options) {
  const shape = SHAPES[kind] ?? "option";
  const values = shape === "option" ? options : options.map(({ value }) => value);
  return multiple ? { [`selected_${shape}s`]: values } : { [`selected_${shape}`]: values[0] ?? null };
}

/** The state a select starts with. */
export function initialChoice(node) {
  const multiple = node.type.startsWith("multi_");
  const shape = SHAPES[node.type.replace("multi_", "").replace("_select", "")] ?? "option";
  const name = multiple ? `${shape}s` : shape;
  return { [`selected_${name}`]: node[`initial_${name}`] ?? (multiple ? [] : null) };
}
