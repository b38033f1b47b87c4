// Who gets the messages of hermes.js: callbacks and async iterators, by the type of a message's data.

const WAITING = 4_096; // most messages that wait in an iterator

export class Subscribers {
  #callbacks = new Map(); // type -> set
  #iterators = new Set(); // ends of the iterators that wait
  #on;

  constructor(on) {
    this.#on = on;
  }

  add(type, callback) {
    const own = (data, message) => callback(data, message); // the same function may subscribe twice
    if (!this.#callbacks.has(type)) this.#callbacks.set(type, new Set());
    this.#callbacks.get(type).add(own);
    return () => {
      const set = this.#callbacks.get(type);
      if (set?.delete(own) && !set.size) this.#callbacks.delete(type);
    };
  }

  deliver(message) {
    const { data } = message;
    const type = data?.type;
    const sets = type === "*" ? ["*"] : [type, "*"];
    for (const callback of sets.flatMap((name) => [...(this.#callbacks.get(name) ?? [])])) this.#on.call(callback, data, message);
  }

  /** The messages of a type as an async iterator; one that is done from the start gives none. */
  iterate(type, done) {
    const waiting = [];
    const takers = [];
    const unsubscribe = this.add(type, (_, message) => {
      if (takers.length) return takers.shift()({ value: message, done: false });
      if (waiting.push(message) > WAITING) {
        waiting.shift();
        this.#on.failed("overflow", `an iterator of ${type} is too slow: its oldest message is dropped`);
      }
    });
    const end = () => {
      done = true;
      unsubscribe();
      this.#iterators.delete(end);
      for (const take of takers.splice(0)) take({ value: undefined, done });
    };
    if (done) unsubscribe();
    else this.#iterators.add(end);
    return {
      next: () => {
        if (waiting.length) return Promise.resolve({ value: waiting.shift(), done: false });
        return done ? Promise.resolve({ value: undefined, done }) : new Promise((take) => takers.push(take));
      },
      return: async (value) => {
        end();
        waiting.length = 0;
        return { value, done };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Ends all iterators, once they have given what waits in them. */
  end() {
    for (const end of [...this.#iterators]) end();
  }
}
