// Types of hermes.js.

/** A message as subscribers get it. */
export interface Message<T = unknown> {
  /** Names the message, as its sender did. Absent from hubs of the classic kind. */
  id?: string;
  room_id?: string;
  /** Its place in the room: the same number is the same message. Numbers may be missing: those of messages for others. */
  seq?: number;
  /** Who sent it. */
  user_id: string;
  /** When the hub took it, in milliseconds since the epoch. */
  time?: number;
  data: T;
}

/** Why a connection is closed for good. */
export type Why =
  /** The hub refuses the token: `refusals` times in a row (four times as often once it had accepted one), or it said so. */
  | "denied"
  /** As denied, and the token's `exp` is in the past. */
  | "expired"
  /** The hub ended the connection in favour of another one. */
  | "replaced"
  /** `attempts` tries in a row did not reach the hub. */
  | "network"
  /** close() was called. */
  | "client";

export type State =
  | { readonly name: "connecting" }
  | { readonly name: "open" }
  | {
      readonly name: "reconnecting";
      /** From 1. It starts over after a connection has lived for five seconds. */
      readonly attempt: number;
      /** When it is tried next, in milliseconds since the epoch; null while it is being tried. */
      readonly retryAt: number | null;
    }
  | { readonly name: "closed"; readonly why: Why };

/** How far a room was received. */
export interface Position {
  /** Names the life of the room's counter; "" before its first message. */
  epoch: string;
  /** All messages up to here were handed to subscribers. */
  seq: number;
  /** And these after it, with `order: "arrival"`: each pair is what was handed on, from after its first number to its second. */
  ahead?: [number, number][] | undefined;
}

/** What the hub says of a connection. */
export interface Session {
  connectionId: string;
  userId: string;
  rooms: string[];
  /** The token's end, in seconds since the epoch. An open connection outlives it. */
  expiresAt: number;
}

/**
 * What went wrong. Codes of the server come as they are: "bad_request", "forbidden", "too_large", "unavailable",
 * "unknown_action". Codes of this client:
 *
 * - "bad_frame", "unknown_type": a frame was not understood and is ignored
 * - "gateway": API Gateway itself reports a failure, for example of a function
 * - "callback": a subscriber or another callback threw; `cause` is what it threw
 * - "token": the token function threw; it is called again at the next try
 * - "history": messages are late, as the hub does not give them; it goes on being asked
 * - "timeout": a connection was silent when something was asked; it is left for another one
 * - "overflow": an iterator is too slow and loses messages
 * - "denied", "expired", "network": why the connection is closed
 * - "queue_full", "closed", "timeout" (no answer to five tries): a send that is rejected
 */
export class HermesError extends Error {
  constructor(code: string, message: string, cause?: unknown);
  readonly code: string;
}

export interface Options {
  /** Where the hub is: `wss://...`; `https://...` and paths of the page's own origin work too. */
  url: string | URL;
  /**
   * The token, or a function that gives one. It is called for the first connection, after a refusal, and whenever the
   * token at hand expires within a minute. One that gives nothing closes the connection as denied.
   */
  token: string | (() => string | null | undefined | Promise<string | null | undefined>);
  /**
   * How the token travels. Default: "subprotocol", which keeps it out of access logs. "query" puts it into the URL.
   * "classic" does so too and offers no subprotocol, for hubs that know none; they may know no hello either.
   */
  transport?: "subprotocol" | "query" | "classic" | undefined;
  /** Called with each state, the first one included. */
  onstate?: ((state: State) => void) | undefined;
  /** Called with the hub's welcome, at each connection, also when one takes over from another without a pause. */
  onwelcome?: ((session: Session) => void) | undefined;
  /**
   * Called when messages of a room are gone for good, before those that are left: load the page's state again. It is
   * called for nothing else: without it, nothing was lost.
   */
  onreset?: ((room: string) => void) | undefined;
  /** Called with all that goes wrong and is survived. Default: console.warn. */
  onerror?: ((error: HermesError) => void) | undefined;
  /**
   * Where to go on, by room, for example from before a reload: without loss and without repeat. Default: with what comes
   * after the hub's first welcome.
   */
  positions?: Record<string, Position> | undefined;
  /**
   * "seq", the default, hands messages on in the order of their numbers: what comes early waits for what is before it.
   * "arrival" hands each on at once.
   */
  order?: "seq" | "arrival" | undefined;
  /**
   * How long a number may be missing on an open connection before history is asked for it, in milliseconds; the real time is
   * random from half of it. Default: 2,000.
   */
  gap?: number | undefined;
  /**
   * How old a connection becomes before the next one takes over from it, in milliseconds; the real age is random from nine
   * tenths of it. Default: 118 minutes, as API Gateway ends it after 120. 0 and Infinity: never.
   */
  life?: number | undefined;
  /** How many sends may wait for their answer. Default: 100. */
  queue?: number | undefined;
  /** First and longest delay between tries, in milliseconds; the real ones are random between 0 and it. Default: 1,000 and 30,000. */
  base?: number | undefined;
  cap?: number | undefined;
  /** How many tries in a row may fail before it is closed ("network"). Default: no end. */
  attempts?: number | undefined;
  /**
   * How many refusals in a row, by a server that is there, count as a denial. Default: 3. A browser tells a page
   * neither the status nor the reason of a failed handshake.
   */
  refusals?: number | undefined;
  /** Says whether the server is there at all. Default: a plain request to the URL, whatever the answer. */
  probe?: (() => boolean | Promise<boolean>) | undefined;
  /** The WebSocket class. Default: the global one; Node before 22 has none. */
  WebSocket?: (new (url: string, protocols?: string[]) => unknown) | undefined;
  /** A random number from 0 to 1. Default: Math.random. */
  random?: (() => number) | undefined;
}

export interface Connection extends AsyncIterable<Message> {
  readonly state: State;
  /** null before the first welcome. */
  readonly session: Session | null;
  /**
   * How far each room was received, exact at any moment: while a message is handed on, its own place. See
   * Options.positions.
   */
  readonly positions: Record<string, Position>;
  /** Calls back with the state, now and at each change. Returns a function that ends it. */
  watch(callback: (state: State) => void): () => void;
  /**
   * Calls back for each message whose `data.type` equals `type`; "*" is all messages. Returns a function that ends it.
   * A callback that throws is reported and does not stop the others.
   *
   * Messages of a room come once each and in the order of `seq`, across lost connections; see Options.order.
   */
  subscribe<T = any>(type: string, callback: (data: T, message: Message<T>) => void): () => void;
  /**
   * The messages of a type, or all, as an async iterator that ends when the connection is closed. Those that wait in it
   * count as received, also in `positions`.
   */
  messages<T = any>(type?: string): AsyncIterableIterator<Message<T>>;
  /**
   * Sends data, any JSON value, to a room. Default: the token's room. Resolves when the hub has accepted it; rejects with
   * a HermesError. It waits while there is no connection, and for the first welcome, so that the sender receives it, too.
   * `id` names the message (default: a random one): what is sent under an id again within five minutes is one message.
   */
  send(data: unknown, options?: { room?: string | undefined; id?: string | undefined }): Promise<void>;
  /** Closes the connection for good; sends that wait are rejected. */
  close(): void;
}

/** Opens a connection and keeps it open. Throws a TypeError when url or token is missing or the URL is none. */
export function connect(options: Options): Connection;
