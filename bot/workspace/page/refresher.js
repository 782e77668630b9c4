// Fetches again what may have changed: one request at a time for each scope, and many asked for in a moment become one.

const MOMENT = 25;

export class Refresher {
  #wanted = new Set();
  #busy = new Set();
  #epoch = 0;
  #timer = 0;

  /** `scopes` are name → [fetch, show]; a fetch that answers null has nothing to show. */
  constructor(scopes, failed) { Object.assign(this, { scopes, failed }); }

  ask(names) {
    for (const name of names) this.#wanted.add(name);
    if (!this.#timer) this.#timer = setTimeout(() => this.#run(), MOMENT);
  }

  /** Answers still under way belong to a place that was left: they are not shown. */
  drop() { this.#epoch += 1; }

  #run() {
    this.#timer = 0;
    for (const name of [...this.#wanted]) if (!this.#busy.has(name)) this.#fetch(name);
  }

  async #fetch(name) {
    const [fetch, show] = this.scopes[name];
    const epoch = this.#epoch;
    this.#wanted.delete(name);
    this.#busy.add(name);
    try {
      const answer = await fetch();
      if (answer && epoch === this.#epoch) show(answer);
    } catch (error) {
      if (epoch === this.#epoch) this.failed(error);
    }
    this.#busy.delete(name);
    if (this.#wanted.has(name)) this.ask([name]);
  }
}
