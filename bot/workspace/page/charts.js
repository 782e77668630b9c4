// The data_visualization block: line, bar, area and pie as SVG, and the same figures as a table for those who can't see it.
import { el, svg } from "./dom.js";
import { scrollable } from "./scrollable.js";

const WIDTH = 560;
const TALL = 230;
const EDGE = { top: 12, right: 14, left: 58 };
const BELOW = { bare: 26, named: 44 };
const DASHES = ["", "7 4", "2 4", "10 4 2 4"];
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });

export function chart(block) {
  const { chart: spec = {}, title = "Chart" } = block;
  const table = spec.type === "pie" ? pieTable(spec) : seriesTable(spec);
  if (!table) return el("div", { class: "unknown" }, `[Chart “${title}” has no figures]`);
  const drawing = spec.type === "pie" ? pie(spec, title) : axes(spec, title);
  const figures = el("details", { class: "figures" }, el("summary", {}, "Show the figures as a table"),
    scrollable(el("div", { class: "table-scroll" }, table), title));
  return el("figure", { class: "chart" }, el("figcaption", {}, title), scrollable(el("div", { class: "plot-scroll" }, drawing), title), legend(spec), figures);
}

const categoriesOf = (spec) => spec.axis_config?.categories ?? (spec.series?.[0]?.data ?? []).map(({ label }) => label);
const valueAt = (series, category) => series.data?.find(({ label }) => label === category)?.value;

function seriesTable(spec) {
  const series = spec.series ?? [];
  const categories = categoriesOf(spec);
  if (!series.length || !categories.length) return null;
  const head = el("tr", {}, el("th", { scope: "col" }, spec.axis_config?.x_label ?? "Point"), series.map(({ name }) => el("th", { scope: "col" }, name)));
  const figure = (value) => (Number.isFinite(value) ? exact.format(value) : "no value");
  const rows = categories.map((category) => el("tr", {}, el("th", { scope: "row" }, category), series.map((one) => el("td", { class: "right" }, figure(valueAt(one, category))))));
  return el("table", {}, el("thead", {}, head), el("tbody", {}, rows));
}

function pieTable({ segments = [] }) {
  if (!segments.length) return null;
  const rows = segments.map(({ label, value }) => el("tr", {}, el("th", { scope: "row" }, label), el("td", { class: "right" }, exact.format(value))));
  return el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Part"), el("th", { scope: "col" }, "Value"))), el("tbody", {}, rows));
}

function legend(spec) {
  const names = spec.type === "pie" ? (spec.segments ?? []).map(({ label }) => label) : (spec.series ?? []).map(({ name }) => name);
  const sample = (index) => svg("svg", { class: "sample", viewBox: "0 0 26 10", "aria-hidden": "true" },
    spec.type === "line" || spec.type === "area"
      ? svg("line", { x1: 1, x2: 25, y1: 5, y2: 5, class: `stroke c${index % 12}`, "stroke-dasharray": DASHES[index % 4] })
      : svg("rect", { x: 6, y: 0, width: 14, height: 10, class: `filled c${index % 12}` }));
  return el("ul", { class: "legend", "aria-label": "Legend" }, names.map((name, index) => el("li", {}, sample(index), name)));
}

/** Round steps that hold all values and, for bars and areas, zero. */
export function scale(values, withZero) {
  const low = Math.min(...values, withZero ? 0 : Infinity);
  const high = Math.max(...values, withZero ? 0 : -Infinity);
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => span / size <= 5);
  const bottom = Math.floor(low / step) * step;
  const top = Math.max(Math.ceil(high / step) * step, bottom + step);
  const ticks = Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, index) => bottom + index * step);
  return { bottom, top, ticks };
}

function axes(spec, title) {
  const categories = categoriesOf(spec);
  const series = spec.series ?? [];
  const values = series.flatMap((one) => categories.map((category) => valueAt(one, category))).filter(Number.isFinite);
  const { bottom, top, ticks } = scale(values.length ? values : [0], spec.type !== "line");
  const wide = WIDTH - EDGE.left - EDGE.right;
  const floor = TALL - BELOW.named;
  const height = floor + (spec.axis_config?.x_label ? BELOW.named : BELOW.bare);
  const y = (value) => EDGE.top + (floor - EDGE.top) * (1 - (value - bottom) / (top - bottom));
  const slot = wide / categories.length;
  const x = (index) => EDGE.left + slot * (index + 0.5);
  const plot = { categories, series, x, y, slot, floor, base: y(Math.max(bottom, Math.min(top, 0))) };
  const marks = spec.type === "bar" ? bars(plot) : lines(plot, spec.type === "area");
  return svg("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": summary(spec, title, values) }, grid(ticks, y), names(plot, spec.axis_config ?? {}), marks);
}

function summary(spec, title, values) {
  if (!values.length) return `${title}: ${spec.type} chart without values`;
  const which = spec.series.map(({ name }) => name).join(", ");
  return `${title}: ${spec.type} chart of ${which}, from ${exact.format(Math.min(...values))} to ${exact.format(Math.max(...values))}. The figures follow as a table.`;
}

function grid(ticks, y) {
  return ticks.map((tick) => [
    svg("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(tick), y2: y(tick) }),
    svg("text", { class: "tick", x: EDGE.left - 7, y: y(tick) + 4, "text-anchor": "end" }, compact.format(tick)),
  ]);
}

function names({ categories, x, slot, floor }, { x_label: across, y_label: up }) {
  const longest = Math.max(...categories.map((category) => category.length), 1);
  const every = Math.max(1, Math.ceil((longest * 6.4 + 10) / slot));
  const shown = categories.map((category, index) => (index % every ? null : svg("text", { class: "tick", x: x(index), y: floor + 17, "text-anchor": "middle" }, category)));
  const middle = (floor + EDGE.top) / 2;
  return [
    shown,
    across ? svg("text", { class: "axis", x: (WIDTH + EDGE.left) / 2, y: floor + 37, "text-anchor": "middle" }, across) : null,
    up ? svg("text", { class: "axis", x: 13, y: middle, "text-anchor": "middle", transform: `rotate(-90 13 ${middle})` }, up) : null,
  ];
}

function lines({ categories, series, x, y, base }, filled) {
  return series.map((one, index) => {
    const points = categories.map((category, at) => [x(at), y(valueAt(one, category)), valueAt(one, category)]).filter(([, , value]) => Number.isFinite(value));
    const path = points.map(([px, py], at) => `${at ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    const area = filled && points.length ? svg("path", { class: `area c${index % 12}`, d: `${path}L${points.at(-1)[0].toFixed(1)} ${base}L${points[0][0].toFixed(1)} ${base}Z` }) : null;
    const dots = points.map(([px, py, value]) => svg("circle", { class: `filled c${index % 12}`, cx: px, cy: py, r: 2.8 }, svg("title", {}, `${one.name}: ${exact.format(value)}`)));
    return [area, svg("path", { class: `stroke c${index % 12}`, d: path || "M0 0", "stroke-dasharray": DASHES[index % 4] }), dots];
  });
}

function bars({ categories, series, x, y, slot, base }) {
  const width = Math.min(46, (slot * 0.78) / series.length);
  return series.map((one, index) => categories.map((category, at) => {
    const value = valueAt(one, category);
    if (!Number.isFinite(value)) return null;
    const left = x(at) - (width * series.length) / 2 + width * index;
    const box = { x: left, y: Math.min(y(value), base), width: Math.max(1, width - 1.5), height: Math.max(1, Math.abs(base - y(value))), rx: 2 };
    return svg("rect", { class: `filled c${index % 12}`, ...box }, svg("title", {}, `${one.name}, ${category}: ${exact.format(value)}`));
  }));
}

function pie({ segments }, title) {
  const total = segments.reduce((sum, { value }) => sum + Math.max(0, value), 0) || 1;
  let angle = -Math.PI / 2;
  const wedge = ({ label, value }, index) => {
    const from = angle;
    angle += (Math.max(0, value) / total) * Math.PI * 2;
    const to = Math.min(angle, from + Math.PI * 1.99999);
    const at = (turn) => `${(100 * Math.cos(turn)).toFixed(2)} ${(100 * Math.sin(turn)).toFixed(2)}`;
    return svg("path", { class: `filled wedge c${index % 12}`, d: `M0 0L${at(from)}A100 100 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}Z` }, svg("title", {}, `${label}: ${exact.format(value)}`));
  };
  return svg("svg", { class: "plot pie", viewBox: "-104 -104 208 208", role: "img", "aria-label": `${title}: pie chart. The figures follow as a table.` }, segments.map(wedge));
}
