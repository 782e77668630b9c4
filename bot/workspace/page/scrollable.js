// What may be wider or taller than its place can be scrolled by keyboard, and is a stop of the Tab key only while it has to be.

const watch = new ResizeObserver((entries) => { for (const { target } of entries) settle(target); });

export function scrollable(node, name) {
  node.dataset.name = name;
  watch.observe(node);
  return node;
}

function settle(node) {
  const overflows = node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight;
  const set = (attribute, value) => (overflows ? node.setAttribute(attribute, value) : node.removeAttribute(attribute));
  set("tabindex", "0");
  set("role", "group");
  set("aria-label", node.dataset.name);
}
