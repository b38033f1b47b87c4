// Hermes in the browser: one connection to a hub that mends itself.
//
//   import { connect } from "./hermes.js";
//   const hub = connect({ url: "wss://push.example.com", token: () => fetch("/token").then((r) => r.text()) });
//   hub.subscribe("order", (data) => console.log(data.id));
//   await hub.send({ type: "order", id: 7 });
//
// No dependencies, no build step. Runs in browsers, in workers and in Node 22 or newer. Types and options: hermes.d.ts.

const SUBPROTOCOL = "hermes.v1";
const TOKEN_PREFIX = "hermes.token.";
const FRAME_BYTES = 32 * 1024; // API Gateway closes the connection at a larger frame
const MESSAGE_CHARS = 128 * 1024; // and passes on no message larger than this
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html

const IDLE = 9 * 60_000; // API Gateway closes after ten minutes without a message in either direction
const ANSWER = 10_000; // a pong, a welcome, a page of history
const HANDSHAKE = 35_000; // the authorizer and $connect may take 29 s
const ACCEPT = 31_000; // so may the answer to a send
const QUIET = 30_000; // a page that is seen again trusts a connection that was heard so lately
const STABLE = 5_000; // a connection that lived so long begins anew with short delays
const TRIES = 3; // of a question, and of a token that was never accepted
const SENDS = 5; // of one message, before it counts as what breaks the connection
const REMEMBERED = 4_096; // ids of messages, and most messages that wait in an iterator
const HELD = 1_024; // most messages that wait for those before them; well below REMEMBERED, or doubles would slip through
const AHEAD = 64; // messages after a gap in the numbers, before the gap counts as settled
const FINAL = ["denied", "expired", "replaced"]; // error codes by which a server ends the connection for good

/** What went wrong: `code` for programs, `message` for developers. */
export class HermesError extends Error {
  constructor(code, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HermesError";
    this.code = code;
  }
}

/** Opens a connection and keeps it open. Throws a TypeError when url or token is missing or url is none. */
export function connect(options) {
  return new Connection(options);
}

class Connection {
  #options;
  #url;
  #state = { name: "connecting" };
  #session = null;
  #watchers = new Set();
  #subscribers = new Map(); // type -> set of callbacks
  #iterators = new Set(); // ends of the iterators that wait
  #timers = new Map();
  #unlisten = [];

  #socket = null; // of the current try; events of any other are ignored
  #token = "";
  #heardAt = 0;
  #attempt = 0;
  #refusals = 0;
  #accepted = false; // the hub has let this client in before

  #refs = 0;
  #outbox = new Map(); // ref -> a send that the hub has not accepted yet
  #asked = new Map(); // ref -> a question that waits for its answer
  #rooms = new Map(); // room -> how far it was received
  #seen = new Set(); // ids of the latest messages

  constructor(options) {
    const { url, token } = options ?? {};
    if (!url || !(typeof token === "string" ? token : typeof token === "function")) {
      throw new TypeError("hermes: connect needs url and token");
    }
    if (options.transport === "subprotocol") options = { ...options, transport: undefined };
    this.#url = new URL(url, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#options = { queue: 100, base: 1000, cap: 30_000, attempts: Infinity, refusals: TRIES, random: Math.random, ...options };
    for (const [room, { epoch, seq }] of Object.entries(options.positions ?? {})) this.#rooms.set(room, newRoom(epoch, seq));
    if (options.onstate) queueMicrotask(() => this.watch(options.onstate)); // once connect() has returned
    const { document } = globalThis;
    this.#listen(document, "visibilitychange", () => document.visibilityState === "visible" && this.#wake(QUIET));
    this.#listen(globalThis, "online", () => this.#wake(0));
    // Being offline is a reason to look, not to stop: a server on this machine is still there.
    this.#listen(globalThis, "offline", () => this.#check(0));
    this.#try();
  }

  /** The current state: {name: "connecting" | "open" | "reconnecting" | "closed", ...}. */
  get state() {
    return this.#state;
  }

  /** What the hub said of this connection in its welcome; null before. */
  get session() {
    return this.#session;
  }

  /** How far each room was received: give it to connect() as `positions` to go on from there. */
  get positions() {
    return Object.fromEntries([...this.#rooms].map(([room, { epoch, seq }]) => [room, { epoch, seq }]));
  }

  /** Calls back with the state, now and at each change. Returns a function that ends it. */
  watch(callback) {
    this.#watchers.add(callback);
    this.#call(callback, this.#state);
    return () => this.#watchers.delete(callback);
  }

  /** Calls back with (data, message) for each message whose data.type is `type`; "*" is all. Returns a function that ends it. */
  subscribe(type, callback) {
    const own = (data, message) => callback(data, message); // the same function may subscribe twice
    if (!this.#subscribers.has(type)) this.#subscribers.set(type, new Set());
    this.#subscribers.get(type).add(own);
    return () => {
      const set = this.#subscribers.get(type);
      if (set?.delete(own) && !set.size) this.#subscribers.delete(type);
    };
  }

  /** The messages of a type as an async iterator, which ends when the connection is closed. */
  messages(type = "*") {
    const waiting = [];
    const takers = [];
    let done = this.#state.name === "closed";
    const unsubscribe = this.subscribe(type, (_, message) => {
      if (takers.length) return takers.shift()({ value: message, done: false });
      if (waiting.push(message) > REMEMBERED) {
        waiting.shift();
        this.#report("overflow", `an iterator of ${type} is too slow: its oldest message is dropped`);
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

  [Symbol.asyncIterator]() {
    return this.messages();
  }

  /**
   * Sends data to a room (default: the token's). Resolves when the hub has accepted it, rejects with a HermesError.
   * While there is no connection it waits; an answer that was lost makes it be sent again under the same id, so that
   * receivers see it once.
   */
  send(data, { room, id = randomId() } = {}) {
    return new Promise((resolve, reject) => {
      const refuse = (code, message, cause) => reject(new HermesError(code, message, cause));
      if (this.#state.name === "closed") return refuse("closed", `the connection is closed: ${this.#state.why}`);
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
      if (this.#state.name === "open") this.#transmit(ref);
    });
  }

  /** Closes the connection for good. Sends that wait are rejected. */
  close() {
    this.#end("client");
  }

  // ---- the life of a connection

  async #try() {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    const turn = (this.#socket = {}); // stands in until there is a socket
    if (this.#state.name === "reconnecting") this.#become({ name: "reconnecting", attempt: this.#attempt, retryAt: null });
    try {
      this.#token = await this.#freshToken();
    } catch (cause) {
      if (this.#socket !== turn) return;
      this.#report("token", "the token function failed", cause);
      return this.#retry();
    }
    if (this.#socket !== turn) return;
    if (!this.#token) return this.#end("denied", "the token function gave no token");
    const url = new URL(this.#url);
    const { transport, WebSocket = globalThis.WebSocket } = this.#options;
    const protocols = transport === "query" ? [SUBPROTOCOL] : [SUBPROTOCOL, TOKEN_PREFIX + this.#token];
    if (transport) url.searchParams.set("token", this.#token);
    try {
      this.#attach(transport === "classic" ? new WebSocket(url.href) : new WebSocket(url.href, protocols));
    } catch (cause) {
      this.#report("denied", "the WebSocket could not be made: is the token of the right form?", cause);
      this.#end("denied");
    }
  }

  /** The token at hand, unless it is about to expire, was refused, or cannot be looked into. */
  async #freshToken() {
    const { token } = this.#options;
    if (typeof token === "string") return token;
    const left = expiry(this.#token) - Date.now();
    return left > 60_000 ? this.#token : token();
  }

  #attach(socket) {
    this.#socket = socket;
    const mine = (handle) => (event) => socket === this.#socket && handle(event);
    let refusal = "";
    this.#after("handshake", HANDSHAKE, () => this.#refused(""));
    socket.onopen = mine(() => this.#opened());
    socket.onmessage = mine((event) => this.#receive(event.data));
    socket.onerror = mine((event) => (refusal = String(event?.message ?? "")));
    socket.onclose = mine(() => (this.#state.name === "open" ? this.#retry() : this.#refused(refusal)));
  }

  #opened() {
    this.#cancel("handshake");
    this.#accepted = true;
    this.#refusals = 0;
    this.#after("stable", STABLE, () => (this.#attempt = 0));
    // What comes from here on waits until the messages before it have been fetched.
    for (const room of this.#rooms.values()) room.held ??= [];
    this.#heard();
    this.#greet();
    for (const ref of [...this.#outbox.keys()]) this.#transmit(ref);
    this.#become({ name: "open" }); // last: what a watcher sends comes after what waited
  }

  /** A handshake failed. The browser does not say why, so the server is asked whether it is there at all. */
  async #refused(hint) {
    const turn = (this.#socket = drop(this.#socket));
    this.#cancel("handshake");
    // Only some WebSocket classes outside of browsers tell the status.
    const status = /\b40[13]\b/.test(hint);
    const reachable = status || (await this.#reachable());
    if (this.#socket !== turn) return;
    if (!reachable) return this.#retry();
    const expired = expiry(this.#token) < Date.now();
    const fixed = typeof this.#options.token === "string";
    this.#token = ""; // the next try asks for another one
    // A hub that fails or is overrun refuses, too: one that let this client in before gets more time.
    const most = this.#options.refusals * (this.#accepted ? 4 : 1);
    if (++this.#refusals >= most || (fixed && (expired || status))) {
      return this.#end(expired ? "expired" : "denied", `the server refused the token ${this.#refusals} times`);
    }
    this.#retry();
  }

  async #reachable() {
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace("ws", "http");
    const { probe } = this.#options;
    try {
      if (probe) return await probe();
      // Opaque whatever the status: that there is an answer is all that counts.
      await fetch(url, { mode: "no-cors", cache: "no-store", credentials: "omit", redirect: "manual", signal: AbortSignal.timeout(5_000) });
      return true;
    } catch {
      return false;
    }
  }

  /** Waits, then tries again. Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
  #retry() {
    this.#disconnect();
    if (++this.#attempt > this.#options.attempts) return this.#end("network", "the server cannot be reached");
    const { random, base, cap } = this.#options;
    const delay = Math.round(random() * Math.min(cap, base * 2 ** Math.min(this.#attempt - 1, 30)));
    this.#after("retry", delay, () => this.#try());
    this.#become({ name: "reconnecting", attempt: this.#attempt, retryAt: Date.now() + delay });
  }

  #disconnect() {
    this.#socket = drop(this.#socket);
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#asked.clear(); // nobody waits any longer: the next connection asks anew
  }

  #end(why, message) {
    if (this.#state.name === "closed") return;
    this.#disconnect();
    for (const unlisten of this.#unlisten) unlisten();
    this.#become({ name: "closed", why });
    if (message) this.#report(why, message);
    for (const { refuse } of this.#outbox.values()) refuse("closed", `the connection is closed: ${why}`);
    this.#outbox.clear();
    for (const end of [...this.#iterators]) end();
  }

  #become(state) {
    this.#state = Object.freeze(state);
    for (const watcher of [...this.#watchers]) if (this.#state === state) this.#call(watcher, state);
  }

  /** The page is seen again, or the network changed: try at once, or see whether the connection still lives. */
  #wake(quiet) {
    // A handshake begun on a network that is gone would hang until its time is over.
    const hangs = quiet === 0 && this.#timers.has("handshake");
    if (hangs) this.#socket = drop(this.#socket);
    if (hangs || this.#timers.has("retry")) this.#try();
    else this.#check(quiet);
  }

  #check(quiet) {
    if (this.#state.name === "open" && Date.now() - this.#heardAt >= quiet) this.#ping();
  }

  #ping() {
    if (this.#timers.has("pong")) return;
    this.#after("pong", ANSWER, () => this.#retry());
    this.#put('{"action":"ping"}');
  }

  /** Any frame shows that the connection lives. What this client sends is answered, so that hearing is enough. */
  #heard() {
    this.#heardAt = Date.now();
    this.#cancel("pong");
    this.#after("idle", IDLE, () => this.#ping());
  }

  #put(text) {
    try {
      this.#socket.send(text);
    } catch {
      // closing: its close event follows
    }
  }

  // ---- frames

  #transmit(ref) {
    const entry = this.#outbox.get(ref);
    if (!entry) return;
    if (entry.tries++ >= SENDS) {
      this.#outbox.delete(ref);
      return entry.refuse("timeout", `the hub did not answer ${SENDS} times`);
    }
    this.#after(ref, ACCEPT, () => this.#transmit(ref));
    this.#put(entry.text);
  }

  #ask(question) {
    const ref = `q${++this.#refs}`;
    return new Promise((resolve, reject) => {
      this.#asked.set(ref, { resolve, reject });
      this.#after(ref, ANSWER, () => this.#settle(ref, "reject", new HermesError("timeout", "the hub did not answer")));
      this.#put(JSON.stringify({ ...question, ref }));
    });
  }

  #settle(ref, how, value) {
    this.#cancel(ref);
    const question = this.#asked.get(ref);
    this.#asked.delete(ref);
    question?.[how](value);
    return question;
  }

  #receive(text) {
    this.#heard();
    if (typeof text !== "string") return this.#report("bad_frame", "a frame is not text");
    if (text.length > MESSAGE_CHARS) return this.#report("bad_frame", `a frame has ${text.length} characters`);
    let frame;
    try {
      frame = JSON.parse(text);
    } catch (cause) {
      return this.#report("bad_frame", "a frame is not JSON", cause);
    }
    if (!isObject(frame)) return this.#report("bad_frame", "a frame is not a JSON object");
    switch (frame.type) {
      case "messages":
        return Array.isArray(frame.messages) ? this.#accept(frame.messages) : this.#report("bad_frame", "messages is no list");
      case "welcome":
      case "history":
        return this.#settle(frame.ref, "resolve", frame);
      case "ok":
        return this.#sent(frame.ref)?.resolve();
      case "error":
        return this.#failed(frame);
      case "pong":
        return;
      case undefined:
        if ("data" in frame) return this.#accept([frame]); // what a client without subprotocol gets
        return this.#report("gateway", `the gateway says ${JSON.stringify(frame.message)}`);
      default:
        this.#report("unknown_type", `a frame has the unknown type ${JSON.stringify(frame.type)}`);
    }
  }

  #sent(ref) {
    const entry = this.#outbox.get(ref);
    if (entry) this.#cancel(ref);
    this.#outbox.delete(ref);
    return entry;
  }

  #failed({ ref, code, message }) {
    const entry = this.#sent(ref);
    if (entry) return entry.refuse(String(code), String(message));
    if (this.#settle(ref, "reject", new HermesError(String(code), String(message)))) return;
    this.#report(String(code), String(message));
    if (FINAL.includes(code)) this.#end(code);
  }

  // ---- messages

  #accept(messages) {
    for (const message of messages) {
      if (!isObject(message)) {
        this.#report("bad_frame", "a message is not a JSON object");
        continue;
      }
      const room = this.#rooms.get(message.room_id);
      if (!room?.held) this.#deliver(message);
      else if (room.held.push(message) > HELD) Object.assign(room, { held: [], overrun: true }); // history has them
    }
  }

  #deliver(message) {
    const { id, room_id, seq, data } = message;
    if (Number.isSafeInteger(seq)) advance(this.#rooms.get(room_id), seq);
    if (typeof id === "string") {
      const key = `${room_id}\n${id}`;
      if (this.#seen.has(key)) return;
      if (this.#seen.add(key).size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value);
    }
    const type = data?.type;
    const sets = type === "*" ? ["*"] : [type, "*"];
    for (const callback of sets.flatMap((name) => [...(this.#subscribers.get(name) ?? [])])) this.#call(callback, data, message);
  }

  /** Says hello; the welcome tells how far each room has come. */
  async #greet(tries = 1) {
    const socket = this.#socket;
    try {
      const welcome = await this.#ask({ action: "hello" });
      if (socket !== this.#socket) return;
      const { connection_id, user_id, rooms, expires_at, positions } = welcome;
      this.#session = { connectionId: connection_id, userId: user_id, rooms, expiresAt: expires_at };
      if (this.#options.onwelcome) this.#call(this.#options.onwelcome, this.#session);
      await Promise.all(Object.entries(positions ?? {}).map(([room, position]) => this.#catchUp(room, position, socket)));
    } catch (cause) {
      if (socket !== this.#socket) return;
      this.#report(cause.code ?? "hello", `hello: ${cause.message}`, cause);
      // A hub that is silent is one to leave; one of the classic kind may know no hello.
      if (cause.code === "timeout" && this.#options.transport !== "classic") return this.#retry();
      const again = this.#options.base * 2 ** tries;
      if (cause.code === "unavailable" && tries < TRIES) return this.#after("hello", again, () => this.#greet(tries + 1));
    }
    if (socket === this.#socket) for (const room of this.#rooms.values()) this.#release(room);
  }

  /** Fetches what a room got while this client was away, in order, and then lets go what came meanwhile. */
  async #catchUp(name, position, socket) {
    if (!isObject(position) || !Number.isSafeInteger(position.seq)) return this.#report("bad_frame", `no position of ${name}`);
    const room = this.#rooms.get(name);
    if (!room) return void this.#rooms.set(name, newRoom(position.epoch, position.seq));
    let more = room.epoch !== position.epoch || room.seq < position.seq;
    for (let faults = 0; more || room.overrun; ) {
      room.overrun = false;
      const page = await this.#page(name, room).catch((cause) => ({ more: true, cause }));
      if (socket !== this.#socket) return;
      more = page.more;
      if (!page.cause && !page.reset) continue;
      if (++faults > TRIES) {
        this.#report("history", `messages of ${name} may be missing: ${page.cause?.message ?? "it begins anew each time"}`, page.cause);
        break;
      }
      if (page.cause) await new Promise((resolve) => this.#after(`history ${name}`, this.#options.base * 2 ** faults, resolve));
    }
    this.#release(room);
  }

  async #page(name, room) {
    const { epoch, seq, messages, more, reset } = await this.#ask({ action: "history", room_id: name, epoch: room.epoch, after: room.seq });
    if (!Array.isArray(messages)) throw new HermesError("bad_frame", "history without messages");
    const before = room.seq;
    if (reset) {
      Object.assign(room, { seq: 0, ahead: new Set() });
      if (this.#options.onreset) this.#call(this.#options.onreset, name);
    }
    room.epoch = epoch;
    for (const message of messages.filter(isObject).sort(bySeq)) this.#deliver(message);
    room.seq = Math.max(room.seq, Number.isSafeInteger(seq) ? seq : (messages.at(-1)?.seq ?? before));
    advance(room, room.seq);
    return { more: Boolean(more) && (reset || room.seq > before), reset };
  }

  #release(room) {
    const held = room.held;
    room.held = null;
    held?.sort(bySeq).forEach((message) => this.#deliver(message));
  }

  // ---- what may throw, and time

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

  #after(name, delay, callback) {
    this.#cancel(name);
    this.#timers.set(name, setTimeout(() => (this.#timers.delete(name), callback()), delay));
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #listen(target, event, handler) {
    target?.addEventListener?.(event, handler);
    this.#unlisten.push(() => target?.removeEventListener?.(event, handler));
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const bySeq = (a, b) => (a.seq ?? 0) - (b.seq ?? 0);
const newRoom = (epoch = "", seq = 0) => ({ epoch, seq, ahead: new Set(), held: null, overrun: false });
const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

/**
 * Moves a room's position over what came without a gap. Numbers may be missing (messages for others) or late (workers
 * run in parallel): the position stays before a gap, so that a reconnect asks for it, until much has come after it.
 */
function advance(room, seq) {
  if (!room) return;
  room.ahead.add(seq);
  for (const old of room.ahead) if (old <= room.seq) room.ahead.delete(old);
  if (room.ahead.size > AHEAD) room.seq = Math.min(...room.ahead) - 1;
  while (room.ahead.delete(room.seq + 1)) room.seq++;
}

/** When a token expires, in milliseconds since the epoch; NaN if it does not say. It is not verified. */
function expiry(token) {
  try {
    const payload = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(payload)).exp * 1000;
  } catch {
    return NaN;
  }
}

/** Forgets a socket without waiting for its closing handshake, which takes long on a dead network. */
function drop(socket) {
  if (socket?.close) {
    socket.onerror = () => {}; // some classes throw an error that nobody listens to
    try {
      socket.close();
    } catch {
      // it was closed already
    }
  }
  return {};
}
