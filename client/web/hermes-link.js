// The WebSocket of hermes.js: kept open, reopened when it is lost or refused, and in time before AWS ends it.

const SUBPROTOCOL = "hermes.v1";
const TOKEN_PREFIX = "hermes.token.";

const IDLE = 9 * 60_000; // API Gateway closes after ten minutes without a message in either direction
const ANSWER = 10_000; // so long a connection may be silent when something was asked
const HANDSHAKE = 35_000; // the authorizer and $connect may take 29 s
const LINGER = 30_000; // a connection that another one has followed is left at the latest
const MESSAGE_CHARS = 128 * 1024; // API Gateway passes on no larger message
const QUIET = 30_000; // a page that is seen again trusts a connection that was heard so lately
const OPEN = 1; // a WebSocket's readyState
const STABLE = 5_000; // a connection that lived so long starts over with short delays
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html

/** What went wrong: `code` for programs, `message` for developers. */
export class HermesError extends Error {
  constructor(code, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HermesError";
    this.code = code;
  }
}

/**
 * Keeps a connection to a hub open. It calls `on`: opened(socket) before the state is open, received(frame, socket), lost()
 * when no answer will come any more, changed(state), failed(code, message, cause).
 */
export class Link {
  state = { name: "connecting" };
  #options;
  #on;
  #url;
  #timers = new Map(); // they end with the connection
  #unlisten = [];

  #socket = null; // of the current try
  #next = null; // opens while #socket still serves
  #old = null; // served before #socket, and is heard until nothing is missing
  #token = "";
  #heardAt = 0;
  #attempt = 0;
  #refusals = 0;
  #accepted = false; // the hub has let this client in before

  constructor(options, on) {
    this.#options = options;
    this.#on = on;
    this.#url = new URL(options.url, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    const { document } = globalThis;
    this.#listen(document, "visibilitychange", () => document.visibilityState === "visible" && this.#wake(QUIET));
    this.#listen(globalThis, "online", () => this.#wake(0));
    // Being offline is a reason to look, not to stop: a server on this machine is still there.
    this.#listen(globalThis, "offline", () => this.#check(0));
    this.#try();
  }

  get isOpen() {
    return this.state.name === "open";
  }

  get isClosed() {
    return this.state.name === "closed";
  }

  /** Another connection still brings what is on its way. */
  get hasOld() {
    return this.#old !== null;
  }

  isCurrent(socket) {
    return socket === this.#socket;
  }

  isNext(socket) {
    return socket === this.#next;
  }

  put(frame, socket = this.#socket) {
    try {
      socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    } catch {
      // closing: its close event follows
    }
  }

  /** Calls back after a delay, unless the connection is lost before. A timer replaces the one of its name. */
  after(name, delay, callback) {
    this.cancel(name);
    this.#timers.set(name, setTimeout(() => (this.#timers.delete(name), callback()), delay));
  }

  cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  isDue(name) {
    return this.#timers.has(name);
  }

  /** A random time from half to the whole of the gap's, longer after each fault. */
  pause(faults) {
    const { gap, random } = this.#options;
    return (gap * 2 ** Math.min(faults, 2) * (1 + random())) / 2;
  }

  /** Leaves a connection on which nothing at all was heard while it owed an answer. Says whether it was so. */
  leaveIfSilent() {
    const isSilent = Date.now() - this.#heardAt >= ANSWER && !this.#isClassic;
    if (isSilent) this.#retry();
    return isSilent;
  }

  end(why, message) {
    if (this.isClosed) return;
    this.#disconnect();
    for (const unlisten of this.#unlisten) unlisten();
    this.#become({ name: "closed", why });
    if (message) this.#on.failed(why, message);
  }

  // ---- the life of a connection

  async #try() {
    this.#disconnect();
    const turn = (this.#socket = {}); // stands in until there is a socket
    if (this.state.name === "reconnecting") this.#become({ name: "reconnecting", attempt: this.#attempt, retryAt: null });
    try {
      this.#token = await this.#freshToken();
    } catch (cause) {
      if (this.#socket !== turn) return;
      this.#on.failed("token", "the token function failed", cause);
      return this.#retry();
    }
    if (this.#socket !== turn) return;
    if (!this.#token) return this.end("denied", "the token function gave no token");
    try {
      this.#socket = this.#dial();
    } catch (cause) {
      this.#on.failed("denied", "the WebSocket could not be made: is the token of the right form?", cause);
      return this.end("denied");
    }
    this.after("handshake", HANDSHAKE, () => this.#refused(""));
  }

  /** The token at hand, unless it is about to expire, was refused, or cannot be looked into. */
  async #freshToken() {
    const { token } = this.#options;
    if (typeof token === "string") return token;
    const left = expiry(this.#token) - Date.now();
    return left > 60_000 ? this.#token : token();
  }

  #dial() {
    const url = new URL(this.#url);
    const { transport, WebSocket = globalThis.WebSocket } = this.#options;
    const protocols = transport === "query" ? [SUBPROTOCOL] : [SUBPROTOCOL, TOKEN_PREFIX + this.#token];
    if (transport && transport !== "subprotocol") url.searchParams.set("token", this.#token);
    const socket = this.#isClassic ? new WebSocket(url.href) : new WebSocket(url.href, protocols);
    let refusal = "";
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = (event) => this.#received(event.data, socket);
    socket.onerror = (event) => {
      refusal = String(event?.message ?? "");
      if (socket.readyState !== OPEN) this.#lost(socket, refusal); // Node 20 tells no more of a handshake that failed
    };
    socket.onclose = () => this.#lost(socket, refusal);
    return socket;
  }

  get #isClassic() {
    return this.#options.transport === "classic";
  }

  #opened(socket) {
    if (this.isNext(socket)) return this.#on.opened(socket);
    if (!this.isCurrent(socket)) return;
    this.cancel("handshake");
    this.#accepted = true;
    this.#refusals = 0;
    this.after("stable", STABLE, () => (this.#attempt = 0));
    this.#renewBefore(this.#options.life);
    this.#heard();
    this.#on.opened(socket);
    this.#become({ name: "open" }); // last: what a watcher sends comes after what waited
  }

  #received(text, socket) {
    if (![this.#socket, this.#next, this.#old].includes(socket)) return;
    this.#heard();
    const fault = (message, cause) => this.#on.failed("bad_frame", message, cause);
    if (typeof text !== "string") return fault("a frame is not text");
    if (text.length > MESSAGE_CHARS) return fault(`a frame has ${text.length} characters`);
    let frame;
    try {
      frame = JSON.parse(text);
    } catch (cause) {
      return fault("a frame is not JSON", cause);
    }
    if (!isObject(frame)) return fault("a frame is not a JSON object");
    this.#on.received(frame, socket);
  }

  #lost(socket, refusal) {
    if (this.isNext(socket)) this.#token = ""; // it may have been refused: the next try asks for another one
    if (!this.isCurrent(socket)) return;
    if (this.isOpen) this.#retry();
    else this.#refused(refusal);
  }

  /** A handshake failed. The browser does not say why, so the server is asked whether it is there at all. */
  async #refused(hint) {
    const turn = (this.#socket = drop(this.#socket));
    this.cancel("handshake");
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
      return this.end(expired ? "expired" : "denied", `the server refused the token ${this.#refusals} times`);
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
    if (++this.#attempt > this.#options.attempts) return this.end("network", "the server cannot be reached");
    const { random, base, cap } = this.#options;
    const delay = Math.round(random() * Math.min(cap, base * 2 ** Math.min(this.#attempt - 1, 30)));
    this.after("retry", delay, () => this.#try());
    this.#become({ name: "reconnecting", attempt: this.#attempt, retryAt: Date.now() + delay });
  }

  #disconnect() {
    for (const socket of [this.#socket, this.#next, this.#old]) drop(socket);
    this.#socket = this.#next = this.#old = null;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#on.lost();
  }

  #become(state) {
    this.state = Object.freeze(state);
    this.#on.changed(state);
  }

  // ---- the next connection, while this one still serves

  /** Clients that came together shall not renew their connections together. */
  #renewBefore(life) {
    const delay = life * (0.9 + 0.1 * this.#options.random());
    if (delay > 0 && delay < 2 ** 31 && !this.#isClassic) this.after("renew", delay, () => this.#renew());
  }

  /** Renews the connection at a random moment within so many milliseconds. */
  renewWithin(most) {
    this.after("renew", this.#options.random() * most, () => this.#renew());
  }

  /** Opens the next connection, which takes over once it is welcome; until then it is tried again from time to time. */
  async #renew() {
    this.after("renew", HANDSHAKE, () => this.#renew());
    const turn = (this.#next = drop(this.#next));
    try {
      const token = await this.#freshToken();
      if (this.#next !== turn || !token) return;
      this.#token = token;
      this.#next = this.#dial();
    } catch (cause) {
      if (this.#next === turn) this.#on.failed("token", "the next connection could not be made", cause);
    }
  }

  /** From here on the next connection asks and sends. The one before still brings what is on its way. */
  takeOver() {
    drop(this.#old);
    this.#old = this.#socket;
    this.#socket = this.#next;
    this.#next = null;
    this.after("leave", LINGER, () => this.leaveOld());
    this.#renewBefore(this.#options.life);
  }

  leaveOld() {
    this.cancel("leave");
    drop(this.#old);
    this.#old = null;
  }

  // ---- does it still live?

  /** The page is seen again, or the network changed: try at once, or see whether the connection still lives. */
  #wake(quiet) {
    // A handshake begun on a network that is gone would hang until its time is over.
    if (this.isDue("retry") || (quiet === 0 && this.isDue("handshake"))) this.#try();
    else this.#check(quiet);
  }

  #check(quiet) {
    if (this.isOpen && Date.now() - this.#heardAt >= quiet) this.#ping();
  }

  #ping() {
    if (this.isDue("pong")) return;
    this.after("pong", ANSWER, () => this.#retry());
    this.put({ action: "ping" });
  }

  /** Any frame shows that the connection lives. What this client sends is answered, so that hearing is enough. */
  #heard() {
    this.#heardAt = Date.now();
    this.cancel("pong");
    this.after("idle", IDLE, () => this.#ping());
  }

  #listen(target, event, handler) {
    target?.addEventListener?.(event, handler);
    this.#unlisten.push(() => target?.removeEventListener?.(event, handler));
  }
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

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
