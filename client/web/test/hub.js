// The setup of every test: a hub that the test plays itself, and a clock that it moves.
import assert from "node:assert/strict";
import { mock } from "node:test";
import { connect } from "../hermes.js";

/** Lets promises run that are due. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export const START = Date.UTC(2026, 10, 20, 12);

/** A token that expires so many seconds after START. */
export function jwt(seconds, salt = "") {
  const payload = Buffer.from(JSON.stringify({ user_id: "ada", exp: START / 1000 + seconds, salt })).toString("base64url");
  return `e30.${payload}.c2ln`;
}

/** A WebSocket whose other end is the test. */
export class Socket {
  sent = [];
  closed = false;

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    if (protocols?.some((name) => !/^[\w.~!#$%&'*+^`|-]+$/.test(name))) throw new SyntaxError("a subprotocol is malformed");
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  // What the server does.

  accept() {
    this.onopen?.({});
  }

  refuse(message) {
    this.onerror?.({ message });
    this.onclose?.({ code: 1006 });
  }

  lose(code = 1006) {
    this.onclose?.({ code });
  }

  say(frame) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  /** The last frame of an action. */
  last(action) {
    return this.sent.findLast((frame) => frame.action === action);
  }

  async welcome(positions = { lobby: { epoch: "e", seq: 0 } }) {
    const { ref } = this.last("hello");
    this.say({ type: "welcome", ref, connection_id: "c1", user_id: "ada", rooms: Object.keys(positions), expires_at: 99, positions });
    await settle();
  }

  /** Answers the last question: what covers (after, seq] holds these numbers. */
  async history(page, seq, seqs) {
    const { ref, room_id, after } = this.last("history");
    const answer = typeof page === "number" ? { ...frame(page, seq, seqs), more: false } : { messages: [], after, epoch: "e", more: false, ...page };
    this.say({ ...answer, type: "history", ref, room_id });
    await settle();
  }

  /** Answers the last frame of an action with an error. */
  async fail(action, code = "unavailable") {
    this.say({ type: "error", ref: this.last(action).ref, code, message: "the hub could not do it" });
    await settle();
  }
}

/** One message of a room. */
export const message = (seq, data = { type: "note", n: seq }, more = {}) =>
  ({ id: `m${seq}`, room_id: "lobby", seq, user_id: "bob", time: START, data, ...more });

const range = (after, seq) => Array.from({ length: seq - after }, (_, n) => after + 1 + n);

/** A frame that covers (after, seq] and holds these numbers of it: all of them, unless some are for others. */
export const frame = (after, seq, seqs = range(after, seq), more = {}) =>
  ({ type: "messages", room_id: "lobby", epoch: "e", after, seq, messages: seqs.map((n) => message(n)), ...more });

/** Opens a connection to the test, in the place of one before. Everything of it ends with the test. */
export async function hub(t, options = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  const h = { sockets: [], states: [], errors: [], got: [], reachable: true };
  h.connection = connect({
    url: "wss://hub.test/live",
    token: jwt(3600),
    WebSocket: class extends Socket {
      constructor(...args) {
        super(...args);
        h.sockets.push(this);
      }
    },
    random: () => 1, // the longest delay
    probe: () => h.reachable,
    onstate: (state) => h.states.push(state),
    onerror: (error) => h.errors.push(error),
    ...options,
  });
  h.connection.subscribe("*", (data, m) => h.got.push(m));
  t.after(() => {
    h.connection.close();
    mock.timers.reset();
  });
  Object.defineProperty(h, "socket", { get: () => h.sockets.at(-1) });
  h.wait = async (ms) => {
    mock.timers.tick(ms);
    await settle();
  };
  h.cover = (...spans) => spans.forEach((span) => h.socket.say(frame(...span)));
  h.questions = () => h.sockets.flatMap(({ sent }) => sent.filter(({ action }) => action === "history"));
  h.seqs = () => h.got.map((m) => m.seq);
  h.codes = () => h.errors.map((error) => error.code);
  h.open = async (positions) => {
    h.socket.accept();
    await settle();
    if (positions !== null) await h.socket.welcome(positions);
  };
  /** Loses the connection and opens the next one, up to hello. */
  h.reopen = async () => {
    h.socket.lose();
    await h.wait(60_000);
    h.socket.accept();
    await settle();
  };
  await settle();
  return h;
}

/** Asserts that a promise is rejected with a HermesError of a code. */
export async function rejects(promise, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name, "HermesError");
    assert.equal(error.code, code);
    return true;
  });
}
