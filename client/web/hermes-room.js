// How far one room was received, for hermes.js.

const HELD = 1_024; // most messages that wait for those before them

/**
 * How far a room was received. Each frame covers the numbers in (after, seq]: it holds all that the room has for this client
 * in between. The position moves over what is covered without a gap, and over nothing else.
 */
export class Room {
  epoch;
  seq; // all up to here was handed on, or is for others
  tail; // and all up to here exists
  first = Infinity; // where a room that is not known yet may begin
  early; // {after, seq, messages} beyond a gap; without messages if they were handed on, or there are none
  doubtful = false; // the room may have started over
  asking = false;
  faults = 0; // questions in a row that moved nothing

  constructor({ epoch = null, seq = -Infinity, ahead = [] } = {}) {
    Object.assign(this, { epoch, seq, tail: seq, early: ahead.map(([after, seq]) => ({ after, seq, messages: [] })) });
  }

  get known() {
    return this.seq >= 0;
  }

  get behind() {
    return this.known && (this.doubtful || this.seq < this.tail);
  }

  get position() {
    const ahead = this.early.filter(isEmpty).map(({ after, seq }) => [after, seq]);
    return { epoch: this.epoch ?? "", seq: this.seq, ...(ahead.length && { ahead }) };
  }

  /** A room without any number yet, "", takes the epoch of its first. */
  isOf(epoch = this.epoch) {
    if (this.epoch === null || (this.epoch === "" && this.seq === 0)) this.epoch = epoch;
    return this.epoch === epoch;
  }

  /** Learns that the room has come so far. One that is not known yet begins there, or with what was received already. */
  learn({ epoch, seq }) {
    const isSame = this.isOf(epoch);
    if (!this.known) this.seq = Math.min(this.first, seq);
    if (isSame) this.tail = Math.max(this.tail, seq);
    else this.doubtful = true;
  }

  /** Forgets all numbers: the room counts again. */
  begin() {
    Object.assign(this, { seq: 0, tail: 0, early: [] });
  }

  /** Takes a frame and gives the messages to hand on. At each, the position is already the one after it. */
  *receive(frame, atOnce) {
    this.tail = Math.max(this.tail, frame.seq);
    if (!this.known) this.first = Math.min(this.first, frame.after);
    if (frame.after > this.seq && !(atOnce && this.early.length < HELD)) return this.#hold(frame);
    for (let next = frame; next; next = this.#nextFitting()) yield* this.#take(next);
  }

  *#take({ after, seq, messages }) {
    const span = after <= this.seq ? this : this.#spanFrom(after);
    for (const message of messages.sort(bySeq)) {
      if (!(message.seq > after && message.seq <= seq) || this.#has(message.seq)) continue;
      span.seq = message.seq;
      yield message;
    }
    span.seq = Math.max(span.seq, seq);
  }

  #hold(frame) {
    this.early.push(frame);
    const held = this.early.reduce((sum, { messages }) => sum + messages.length, 0);
    if (held > HELD) this.early = this.early.filter(isEmpty); // history has them
  }

  #has(seq) {
    return seq <= this.seq || this.early.some((span) => isEmpty(span) && span.after < seq && seq <= span.seq);
  }

  #spanFrom(after) {
    let span = this.early.find((span) => isEmpty(span) && span.after <= after && after <= span.seq);
    if (!span) this.early.push((span = { after, seq: after, messages: [] }));
    return span;
  }

  #nextFitting() {
    const n = this.early.findIndex(({ after }) => after <= this.seq);
    return n < 0 ? null : this.early.splice(n, 1)[0];
  }
}

export const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;
const isEmpty = ({ messages }) => !messages.length;
const bySeq = (a, b) => a.seq - b.seq;
