// A hub that keeps PROTOCOL.md's promises and no others: frames are lost, late, repeated and out of order, questions fail,
// connections end. Everything is decided by a seed, so that a run that fails can be had again.
import { message, Socket } from "./hub.js";

const ROOM = "lobby";
const USER = "ada";
const PAGE = 7; // messages in an answer of history

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function newRandom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Model {
  log = []; // {seq, to} of the epoch, from number 1
  expired = 0; // numbers up to here are not kept any more
  epoch = "e0";
  published = []; // `epoch/seq` of all that is for the user
  resets = 0; // that are due, at most
  sockets = new Set();
  trouble = true;

  constructor(random) {
    this.random = random;
    const model = this;
    this.WebSocket = class extends Socket {
      constructor(...args) {
        super(...args);
        model.later(300, () => model.handshake(this));
      }

      send(text) {
        model.later(100, () => model.answer(this, JSON.parse(text)));
      }

      close() {
        super.close();
        model.sockets.delete(this);
      }
    };
  }

  chance(p) {
    return this.trouble && this.random() < p;
  }

  pick(n) {
    return Math.floor(this.random() * n);
  }

  later(most, callback) {
    setTimeout(callback, this.random() * most);
  }

  get tail() {
    return { epoch: this.epoch, seq: this.log.length };
  }

  handshake(socket) {
    if (socket.closed) return;
    if (this.chance(0.2)) return socket.refuse();
    this.sockets.add(socket);
    socket.accept();
  }

  /** Ends a connection, or all of them as a redeploy does. */
  lose(sockets = this.sockets) {
    for (const socket of [...sockets]) {
      this.sockets.delete(socket);
      socket.lose();
    }
  }

  say(socket, frame) {
    if (this.sockets.has(socket)) socket.say(frame);
  }

  // ---- questions

  answer(socket, frame) {
    if (!this.sockets.has(socket)) return;
    const respond = (answer) => this.later(this.chance(0.1) ? 9000 : 400, () => this.say(socket, { ref: frame.ref, ...answer }));
    if (this.chance(0.1)) return; // lost
    if (this.chance(0.1)) return respond({ type: "error", code: "unavailable", message: "the hub could not do it" });
    if (this.chance(0.05)) return respond({ ref: undefined, message: "Internal server error", connectionId: "c", requestId: "r" });
    if (frame.action === "ping") return respond({ type: "pong", positions: { [ROOM]: this.tail } });
    if (frame.action === "hello") return respond({ type: "welcome", connection_id: "c", user_id: USER, rooms: [ROOM], expires_at: 9, positions: { [ROOM]: this.tail } });
    if (frame.action === "history") return respond(this.history(frame));
  }

  history({ epoch, after }) {
    const continues = epoch === this.epoch || (epoch === "" && after === 0);
    const reset = !continues || after > this.log.length || after < this.expired;
    const begin = reset ? this.expired : after;
    const rest = this.log.slice(begin);
    const mine = rest.filter(isMine).slice(0, PAGE);
    const more = rest.filter(isMine).length > PAGE;
    const seq = more ? mine.at(-1).seq : this.log.length;
    return { type: "history", room_id: ROOM, ...(reset && { reset }), epoch: this.epoch, after: begin, seq, more, messages: mine.map((m) => this.message(m)) };
  }

  message({ seq }) {
    return { ...message(seq), id: `${this.epoch}/${seq}` };
  }

  // ---- deliveries

  /** Keeps a row of messages, some of them for somebody else, and delivers it to all connections. */
  publish() {
    const row = Array.from({ length: 1 + this.pick(4) }, (_, n) => ({ seq: this.log.length + n + 1, to: this.random() < 0.25 ? "bob" : undefined }));
    this.log.push(...row);
    this.published.push(...row.filter(isMine).map(({ seq }) => `${this.epoch}/${seq}`));
    for (const frame of this.framesOf(row)) {
      for (const socket of this.sockets) this.deliver(socket, frame);
    }
  }

  /** A row is sent in one frame or several. What is for others is covered by the frame after it. */
  framesOf(row) {
    const frames = [];
    let after = row[0].seq - 1;
    while (after > 0 && !isMine(this.log[after - 1])) after--;
    for (let rest = row.filter(isMine); rest.length; ) {
      const part = rest.splice(0, 1 + this.pick(rest.length));
      const { seq } = part.at(-1);
      frames.push({ type: "messages", room_id: ROOM, epoch: this.epoch, after, seq, messages: part.map((m) => this.message(m)) });
      after = seq;
    }
    return frames;
  }

  deliver(socket, frame) {
    if (this.chance(0.1)) return; // given up
    this.later(this.chance(0.2) ? 6000 : 60, () => this.say(socket, frame));
    if (this.chance(0.1)) this.later(30_000, () => this.say(socket, frame));
  }

  notice() {
    for (const socket of this.sockets) this.say(socket, { type: "reconnect", within: 5 });
  }

  // ---- what is a reset

  /** The room is forgotten and counts again. */
  restart() {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
    this.log = [];
    this.expired = 0;
    this.resets++;
  }

  expire() {
    this.expired = this.log.length;
    this.resets++;
  }
}

const isMine = ({ to }) => to === undefined || to === USER;
