// Fetches again what may have changed: many requests in a moment become one, and an answer that was overtaken is dropped.

const MOMENT = 25;

export class Refresher {
  #wanted = new Set();
  #turn = new Map();
  #timer = 0;

  /** `scopes` are name → [fetch, show]; a fetch that answers null has nothing to show. */
  constructor(scopes, failed) { Object.assign(this, { scopes, failed }); }

  ask(names) {
    for (const name of names) this.#wanted.add(name);
    if (!this.#timer) this.#timer = setTimeout(() => this.#run(), MOMENT);
  }

  /** Answers still under way belong to a place that was left: they are not shown. */
  drop() { for (const name of Object.keys(this.scopes)) this.#turn.set(name, (this.#turn.get(name) ?? 0) + 1); }

  #run() {
    this.#timer = 0;
    const names = [...this.#wanted];
    this.#wanted.clear();
    for (const name of names) this.#fetch(name);
  }

  async #fetch(name) {
    const [fetch, show] = this.scopes[name];
    const turn = (this.#turn.get(name) ?? 0) + 1;
    this.#turn.set(name, turn);
    try {
      const answer = await fetch();
      if (answer && this.#turn.get(name) === turn) show(answer);
    } catch (error) {
      if (this.#turn.get(name) === turn) this.failed(error);
    }
  }
}
