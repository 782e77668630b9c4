// What has been entered into the elements of one message or view, in the shape of Slack's state.values.

export class Values {
  #values;

  constructor(values = {}) { this.#values = structuredClone(values); }

  get(blockId, actionId) { return this.#values[blockId]?.[actionId]; }

  set(blockId, actionId, value) { (this.#values[blockId] ??= {})[actionId] = value; }

  /** The values of the elements that are still there: Slack drops those of blocks that an update took away. */
  of(present) {
    const kept = {};
    for (const [blockId, actionId] of present) {
      const value = this.get(blockId, actionId);
      if (value) (kept[blockId] ??= {})[actionId] = value;
    }
    return { values: kept };
  }
}

/** The [block_id, action_id] of each element below `node`. */
export function present(node) {
  return [...node.querySelectorAll("[data-block][data-action]")].map(({ dataset }) => [dataset.block, dataset.action]);
}

const surfaces = new Map();

/** The values of one message or view, found again after it was drawn anew; at first those the workspace knows. */
export function valuesOf(key, state) {
  if (!surfaces.has(key)) surfaces.set(key, new Values(state?.values));
  return surfaces.get(key);
}
