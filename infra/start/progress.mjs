// One line that says what is going on: rewritten in place on a terminal, and printed again elsewhere, often enough to show that it goes on.

const EVERY = process.stderr.isTTY ? 200 : 1800; // ms

export class Progress {
  #tasks = [];
  #begun = Date.now();
  #timer;
  #hint;

  /** hint says how long all of it takes. */
  constructor(hint) {
    this.#hint = hint && ` (${hint})`;
    this.#timer = setInterval(() => this.#show(), EVERY);
    setImmediate(() => this.#show()); // at once, as soon as there is a task
  }

  /** Adds a task; says changes what it is doing, done ends it. */
  task(what) {
    const task = { what, says: (text) => (task.what = text), done: () => this.#tasks.splice(this.#tasks.indexOf(task), 1) };
    this.#tasks.push(task);
    return task;
  }

  stop() {
    clearInterval(this.#timer);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }

  #show() {
    if (this.#tasks.length === 0) return;
    const seconds = Math.round((Date.now() - this.#begun) / 1000);
    const line = `preparing, ${seconds} s${this.#hint}: ${this.#tasks.map((task) => task.what).join("; ")}`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}
