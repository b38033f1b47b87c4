// Hermes in the browser: one connection to a hub that mends itself, so that each message of a room comes once and in order.
//
//   import { connect } from "./hermes.js";
//   const hub = connect({ url: "wss://push.example.com", token: () => fetch("/token").then((r) => r.text()) });
//   hub.subscribe("order", (data) => console.log(data.id));
//   await hub.send({ type: "order", id: 7 });
//
// No dependencies, no build step. Runs in browsers, in workers and in Node 22 or newer. Types and options: hermes.d.ts.

import { HermesError, isObject, Link } from "./hermes-link.js";
import { isSeq, Room } from "./hermes-room.js";
import { Subscribers } from "./hermes-subscribers.js";

export { HermesError };

const FRAME_BYTES = 32_000; // API Gateway closes the connection at a frame above 32 KB, which may be 32,000 bytes or 32,768
const LIFE = 118 * 60_000; // and ends a connection after two hours
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html

const ANSWER = 10_000; // to a question: a welcome, a page of history
const ACCEPT = 31_000; // to a send: the function may take 29 s
const TRIES = 3; // refusals of a token that was never accepted, fruitless questions before the application hears of them
const SENDS = 5; // of one message, before it counts as what breaks the connection
const FINAL = ["denied", "expired", "replaced"]; // error codes by which a server ends the connection for good
const NOTHING = { after: 0, seq: 0, messages: [] };
const DEFAULTS = { queue: 100, base: 1000, cap: 30_000, attempts: Infinity, refusals: TRIES, gap: 2000, life: LIFE, random: Math.random };

/** Opens a connection and keeps it open. Throws a TypeError when url or token is missing or url is none. */
export function connect(options) {
  return new Connection(options);
}

class Connection {
  #options;
  #link;
  #session = null;
  #watchers = new Set();
  #subscribers = new Subscribers({
    call: (callback, ...values) => this.#call(callback, ...values),
    failed: (code, message) => this.#report(code, message),
  });

  #refs = 0;
  #outbox = new Map(); // ref -> a send that the hub has not accepted yet
  #flowing = false; // sends need not wait for the first welcome any more
  #asked = new Map(); // ref -> a question that waits for its answer
  #rooms = new Map(); // name -> Room

  constructor(options) {
    const { url, token } = options ?? {};
    if (!url || !(typeof token === "string" ? token : typeof token === "function")) {
      throw new TypeError("hermes: connect needs url and token");
    }
    this.#options = { ...DEFAULTS, ...defined(options) };
    for (const [name, position] of Object.entries(options.positions ?? {})) this.#rooms.set(name, new Room(position));
    if (options.onstate) queueMicrotask(() => this.watch(options.onstate)); // once connect() has returned
    this.#link = new Link(this.#options, {
      opened: (socket) => this.#opened(socket),
      received: (frame, socket) => {
        this.#handle(frame, socket);
        this.#leaveIfSettled();
      },
      lost: () => this.#lost(),
      changed: (state) => this.#changed(state),
      failed: (code, message, cause) => this.#report(code, message, cause),
    });
  }

  /** The current state: {name: "connecting" | "open" | "reconnecting" | "closed", ...}. */
  get state() {
    return this.#link.state;
  }

  /** What the hub said of this connection in its welcome; null before. */
  get session() {
    return this.#session;
  }

  /** How far each room was received, exact at any moment: give it to connect() as `positions` to go on from there. */
  get positions() {
    const known = [...this.#rooms].filter(([, room]) => room.known);
    return Object.fromEntries(known.map(([name, room]) => [name, room.position]));
  }

  /** Calls back with the state, now and at each change. Returns a function that ends it. */
  watch(callback) {
    this.#watchers.add(callback);
    this.#call(callback, this.state);
    return () => this.#watchers.delete(callback);
  }

  /** Calls back with (data, message) for each message whose data.type is `type`; "*" is all. Returns a function that ends it. */
  subscribe(type, callback) {
    return this.#subscribers.add(type, callback);
  }

  /** The messages of a type as an async iterator, which ends when the connection is closed. */
  messages(type = "*") {
    return this.#subscribers.iterate(type, this.#link.isClosed);
  }

  [Symbol.asyncIterator]() {
    return this.messages();
  }

  /**
   * Sends data to a room (default: the token's). Resolves when the hub has accepted it, rejects with a HermesError.
   * While there is no connection it waits; an answer that was lost makes it be sent again under the same id, by which
   * the hub knows it.
   */
  send(data, { room, id = randomId() } = {}) {
    return new Promise((resolve, reject) => {
      const refuse = (code, message, cause) => reject(new HermesError(code, message, cause));
      if (this.#link.isClosed) return refuse("closed", `the connection is closed: ${this.state.why}`);
      if (this.#outbox.size >= this.#options.queue) return refuse("queue_full", `${this.#outbox.size} messages are waiting already`);
      const ref = `s${++this.#refs}`;
      let text;
      try {
        text = JSON.stringify({ action: "sendMessage", ref, room_id: room, id, data: data ?? null });
      } catch (cause) {
        return refuse("bad_request", `data is no JSON: ${cause.message}`, cause);
      }
      const { length } = new TextEncoder().encode(text);
      if (length > FRAME_BYTES) return refuse("too_large", `the frame has ${length} bytes, at most ${FRAME_BYTES} are allowed`);
      this.#outbox.set(ref, { ref, text, resolve, refuse, tries: 0 });
      if (this.#flowing && this.#link.isOpen) this.#transmit(ref);
    });
  }

  /** Closes the connection for good. Sends that wait are rejected. */
  close() {
    this.#link.end("client");
  }

  // ---- what the link reports

  #opened(socket) {
    this.#greet(socket);
    if (this.#flowing && this.#link.isCurrent(socket)) this.#flush();
  }

  #lost() {
    this.#asked.clear(); // nobody waits any longer: the next connection asks again
    for (const room of this.#rooms.values()) room.asking = false;
  }

  #changed(state) {
    for (const watcher of [...this.#watchers]) if (this.state === state) this.#call(watcher, state);
    if (state.name !== "closed") return;
    for (const { refuse } of this.#outbox.values()) refuse("closed", `the connection is closed: ${state.why}`);
    this.#outbox.clear();
    this.#subscribers.end();
  }

  // ---- frames

  #flush() {
    this.#flowing = true;
    for (const ref of [...this.#outbox.keys()]) this.#transmit(ref);
  }

  #transmit(ref) {
    const entry = this.#outbox.get(ref);
    if (!entry) return;
    if (entry.tries++ >= SENDS) {
      this.#outbox.delete(ref);
      return entry.refuse("timeout", `the hub did not answer ${SENDS} times`);
    }
    this.#link.after(ref, ACCEPT, () => this.#transmit(ref));
    this.#link.put(entry.text);
  }

  #ask(question, socket) {
    const ref = `q${++this.#refs}`;
    return new Promise((resolve, reject) => {
      this.#asked.set(ref, { resolve, reject });
      this.#link.after(ref, ANSWER, () => this.#unanswered(ref, socket));
      this.#link.put({ ...question, ref }, socket);
    });
  }

  /** A connection that says nothing at all is one to leave; on one that speaks, the question is asked again. */
  #unanswered(ref, socket) {
    const error = new HermesError("timeout", "the hub did not answer");
    if (!this.#link.isNext(socket) && this.#link.leaveIfSilent()) this.#report(error.code, error.message);
    else this.#settle(ref, "reject", error);
  }

  #settle(ref, how, value) {
    this.#link.cancel(ref);
    const question = this.#asked.get(ref);
    this.#asked.delete(ref);
    question?.[how](value);
    return question;
  }

  #handle(frame, socket) {
    switch (frame.type) {
      case "messages":
        return Array.isArray(frame.messages) ? this.#accept(frame) : this.#report("bad_frame", "messages is no list");
      case "welcome":
      case "history":
        return this.#settle(frame.ref, "resolve", frame);
      case "ok":
        return this.#sent(frame.ref)?.resolve();
      case "error":
        return this.#failed(frame, socket);
      case "pong":
        return this.#learn(frame.positions);
      case "reconnect":
        return this.#link.renewWithin(Math.min(Number(frame.within) || 60, 3600) * 1000);
      case undefined:
        if ("data" in frame) return this.#accept({ messages: [frame] }); // what a client without subprotocol gets
        return this.#crashed(`the gateway says ${JSON.stringify(frame.message)}`);
      default:
        this.#report("unknown_type", `a frame has the unknown type ${JSON.stringify(frame.type)}`);
    }
  }

  /** A function of the hub failed, and nothing says which: all that waits for an answer is asked and sent again. */
  #crashed(message) {
    this.#report("gateway", message);
    for (const ref of [...this.#asked.keys()]) this.#settle(ref, "reject", new HermesError("gateway", message));
    for (const [ref, { tries }] of this.#outbox) this.#link.after(ref, this.#link.pause(tries - 1), () => this.#transmit(ref));
  }

  #sent(ref) {
    const entry = this.#outbox.get(ref);
    if (entry) this.#link.cancel(ref);
    this.#outbox.delete(ref);
    return entry;
  }

  #failed({ ref, code, message }, socket) {
    const entry = this.#sent(ref);
    if (entry) return entry.refuse(String(code), String(message));
    if (this.#settle(ref, "reject", new HermesError(String(code), String(message)))) return;
    this.#report(String(code), String(message));
    if (FINAL.includes(code) && this.#link.isCurrent(socket)) this.#link.end(code);
  }

  // ---- messages

  #accept(frame) {
    const messages = frame.messages.filter((m) => isObject(m) || this.#report("bad_frame", "a message is not a JSON object"));
    if (isSeq(frame.after) && isSeq(frame.seq)) return this.#cover(frame.room_id, { ...frame, messages });
    for (const message of messages) {
      const { room_id, seq } = message;
      if (isSeq(seq)) this.#cover(room_id, { after: seq - 1, seq, messages: [message] });
      else this.#subscribers.deliver(message); // of a hub that keeps no history
    }
  }

  /** Takes a frame of messages, which says what it covers. */
  #cover(name, frame) {
    const room = this.#room(name);
    // The welcome names the rooms. One that it does not name, or that nothing will, begins with what comes.
    if (!room.known && (this.#session || this.#options.transport === "classic")) room.learn({ epoch: frame.epoch, seq: frame.after });
    if (!room.isOf(frame.epoch)) {
      room.doubtful = true; // the answer to the question has this frame's messages, too
      return this.#recover(name, room);
    }
    this.#handOn(name, room, frame);
  }

  #room(name) {
    if (!this.#rooms.has(name)) this.#rooms.set(name, new Room());
    return this.#rooms.get(name);
  }

  #handOn(name, room, frame) {
    if (this.#link.isClosed) return;
    const before = room.seq;
    for (const message of room.receive(frame, this.#options.order === "arrival")) {
      this.#subscribers.deliver(message);
      if (this.#link.isClosed) return; // the position is that of the last message handed on
    }
    if (room.seq !== before) this.#link.cancel(`gap ${name}`); // another number is missing now, if any
    this.#recoverSoon(name, room);
  }

  // ---- recovery

  /** Says hello until it is answered. */
  async #greet(socket, faults = 0) {
    const before = this.positions;
    const welcome = await this.#ask({ action: "hello" }, socket).catch((cause) => ({ cause }));
    if (this.#link.isNext(socket) && !welcome.cause) this.#link.takeOver();
    if (!this.#link.isCurrent(socket)) return;
    if (welcome.cause) this.#unwelcome(welcome.cause, socket, faults);
    else this.#welcomed(welcome, before);
    // What is sent after the first welcome has a higher number, so that the sender sees it, too.
    if (!this.#flowing) this.#flush();
  }

  #unwelcome(cause, socket, faults) {
    this.#report(cause.code, `hello: ${cause.message}`, cause);
    if (this.#options.transport === "classic" && cause.code !== "unavailable") return; // a hub of the classic kind may know no hello
    this.#link.after("hello", this.#link.pause(faults), () => this.#greet(socket, faults + 1));
  }

  #welcomed({ connection_id, user_id, rooms, expires_at, positions }, before) {
    this.#session = { connectionId: connection_id, userId: user_id, rooms, expiresAt: expires_at };
    if (this.#options.onwelcome) this.#call(this.#options.onwelcome, this.#session);
    this.#learn(positions, before);
    if (this.#link.hasOld) return this.#leaveIfSettled(); // which may still bring what is missing
    for (const [name, room] of this.#rooms) this.#recover(name, room);
  }

  /** Compares with how far the hub says that the rooms have come. */
  #learn(positions, before) {
    for (const [name, position] of Object.entries(positions ?? {})) {
      if (!isObject(position) || !isSeq(position.seq)) {
        this.#report("bad_frame", `no position of ${name}`);
        continue;
      }
      const room = this.#room(name);
      room.learn(position);
      if (position.seq < before?.[name]?.seq) room.doubtful = true; // the hub has lost what it once numbered
      this.#handOn(name, room, NOTHING);
    }
  }

  /** Asks for what is missing, unless the position moves in the meantime: workers of the hub run in parallel. */
  #recoverSoon(name, room) {
    const timer = `gap ${name}`;
    if (room.behind && !room.asking && !this.#link.isDue(timer)) this.#link.after(timer, this.#link.pause(room.faults), () => this.#recover(name, room));
  }

  /** Asks history for what comes after the position, for as long as anything is missing. */
  async #recover(name, room) {
    if (!room.behind || room.asking || !this.#link.isOpen) return;
    const { epoch, seq: after, doubtful } = room;
    let fault = "history has no more yet";
    Object.assign(room, { asking: true, doubtful: false }); // what is doubted from here on is another question
    try {
      this.#answered(name, room, after, await this.#ask({ action: "history", room_id: name, epoch, after }));
    } catch (cause) {
      fault = cause.message;
      room.doubtful ||= doubtful;
    }
    room.asking = false;
    this.#link.cancel(`gap ${name}`);
    const hasMoved = room.epoch !== epoch || room.seq > after;
    if (hasMoved || !room.behind) room.faults = 0;
    this.#leaveIfSettled();
    if (hasMoved) return this.#recover(name, room);
    this.#recoverSoon(name, room);
    if (room.behind && ++room.faults === TRIES) this.#report("history", `messages of ${name} are late: ${fault}`);
  }

  #answered(name, room, asked, { epoch, after = asked, seq, messages, more, reset }) {
    if (!Array.isArray(messages)) throw new HermesError("bad_frame", "history without messages");
    messages = messages.filter(isObject);
    seq = isSeq(seq) ? seq : (messages.at(-1)?.seq ?? asked);
    if (!reset && room.epoch && room.epoch !== epoch) throw new HermesError("bad_frame", "another epoch without reset");
    if (reset) {
      if (room.epoch !== epoch || seq < asked) room.begin();
      after = 0;
      if (this.#options.onreset) this.#call(this.#options.onreset, name);
    }
    room.epoch = epoch;
    if (more) room.tail = Math.max(room.tail, seq + 1);
    this.#handOn(name, room, { after, seq, messages });
  }

  /** The connection before is left once it has nothing more to bring: neither messages nor answers. */
  #leaveIfSettled() {
    if (!this.#link.hasOld || this.#outbox.size) return;
    if ([...this.#rooms.values()].every((room) => !room.behind)) this.#link.leaveOld();
  }

  // ---- what may throw

  #call(callback, ...values) {
    try {
      callback(...values);
    } catch (cause) {
      this.#report("callback", `a callback threw: ${cause?.message ?? cause}`, cause);
    }
  }

  #report(code, message, cause) {
    const error = new HermesError(code, `hermes: ${message}`, cause);
    try {
      (this.#options.onerror ?? console.warn)(error);
    } catch (thrown) {
      console.error(thrown);
    }
  }
}

const defined = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
