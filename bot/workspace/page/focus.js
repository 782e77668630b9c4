// Drawing something anew must not throw the person out of it: focus, caret and what was unfolded stay.

/** Puts `fresh` in the place of `old`. If what had the focus is gone, what holds it gets the focus. */
export function keepFocus(old, fresh) {
  const held = document.activeElement;
  const inside = old.contains(held);
  const caret = inside && "selectionStart" in held ? [safe(() => held.selectionStart), safe(() => held.selectionEnd)] : null;
  const find = inside ? finder(old, held) : null;
  const unfolded = [...old.querySelectorAll("details")].map(({ open }) => open);
  if (old.hasAttribute("tabindex")) fresh.tabIndex = old.tabIndex;
  old.replaceWith(fresh);
  const details = [...fresh.querySelectorAll("details")];
  if (details.length === unfolded.length) details.forEach((node, index) => { node.open = unfolded[index]; });
  if (!inside) return;
  const target = find(fresh) ?? fresh;
  if (target === fresh && fresh.tabIndex < 0 && !fresh.hasAttribute("tabindex")) fresh.tabIndex = -1;
  target.focus({ preventScroll: true });
  if (caret?.[0] !== null && caret && target.setSelectionRange) safe(() => target.setSelectionRange(...caret));
}

function finder(old, held) {
  if (held === old) return (fresh) => fresh;
  const keyed = held.closest("[data-key]");
  if (keyed) return (fresh) => [...fresh.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === keyed.dataset.key);
  const owner = held.closest("[data-action]");
  if (!owner) return () => null;
  const { block, action } = owner.dataset;
  const order = focusable(owner).indexOf(held);
  return (fresh) => {
    const named = [...fresh.querySelectorAll("[data-action]")].filter(({ dataset }) => dataset.action === action);
    const same = named.find(({ dataset }) => dataset.block === block) ?? named[0]; // block ids that Slack made up are new each time
    return same ? focusable(same)[order] ?? null : null;
  };
}

const FOCUSABLE = "a[href], button, input, textarea, select";
const focusable = (node) => [node, ...node.querySelectorAll(FOCUSABLE)].filter((one) => one.matches(FOCUSABLE));

// Inputs of some types (number, date) have no caret and throw when asked for it.
function safe(read) {
  try {
    return read();
  } catch {
    return null;
  }
}
