// What Slack itself checks before it sends a modal: nothing required is empty, and addresses and numbers are such.

/** The errors by block_id, in Slack's words where it has some. */
export function missing(blocks, values) {
  const errors = {};
  for (const input of blocks.querySelectorAll("[data-input-block]")) {
    const { inputBlock: id, optional } = input.dataset;
    const held = Object.values(values[id] ?? {})[0];
    const field = input.querySelector("input, textarea");
    if (empty(held)) {
      if (optional !== "true" || field?.validity.badInput) errors[id] = field?.validity.badInput ? "Enter a number." : "Please complete this required field.";
    } else if (field && !field.validity.valid) errors[id] = complaint(field);
    else if (field?.minLength > 0 && field.value.length < field.minLength) errors[id] = `Use at least ${field.minLength} characters.`;
  }
  return errors;
}

function empty(held) {
  if (!held) return true;
  return Object.entries(held).every(([name, value]) => name === "type" || value === null || value === "" || (Array.isArray(value) && !value.length));
}

function complaint({ type, validity, min, max, minLength }) {
  if (type === "email") return "Enter an e-mail address.";
  if (type === "url") return "Enter a web address, with https:// in front.";
  if (validity.rangeUnderflow) return `Enter ${min} or more.`;
  if (validity.rangeOverflow) return `Enter ${max} or less.`;
  if (validity.stepMismatch) return "Enter a whole number.";
  return validity.tooShort ? `Use at least ${minLength} characters.` : "This can't be taken as it is.";
}
