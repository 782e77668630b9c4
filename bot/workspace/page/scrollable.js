// What may be wider or taller than its place can be scrolled by keyboard, and is a stop of the Tab key only while it has to be.

const watch = new ResizeObserver((entries) => { for (const { target } of entries) settle(target); });

export function scrollable(node, name) {
  node.dataset.name = name;
  reachable(node, true); // until it is drawn nobody knows whether it fits
  watch.observe(node);
  return node;
}

function settle(node) {
  const hidden = node.clientWidth === 0;
  reachable(node, hidden || node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight);
}

function reachable(node, overflows) {
  const set = (attribute, value) => (overflows ? node.setAttribute(attribute, value) : node.removeAttribute(attribute));
  set("tabindex", "0");
  set("role", "group");
  set("aria-label", node.dataset.name);
}
