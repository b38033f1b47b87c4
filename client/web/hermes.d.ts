// Types of hermes.js.

/** A message as subscribers get it. */
export interface Message<T = unknown> {
  /** Names the message; the same one is delivered once. Absent from hubs of the classic kind. */
  id?: string;
  room_id?: string;
  /** Its place in the room. Numbers may be missing: messages for others, or none at all. */
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
      /** From 1. It begins anew after a connection has lived for five seconds. */
      readonly attempt: number;
      /** When it is tried next, in milliseconds since the epoch; null while it is being tried. */
      readonly retryAt: number | null;
    }
  | { readonly name: "closed"; readonly why: Why };

/** How far a room was received. */
export interface Position {
  epoch: string;
  seq: number;
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
 * - "history": messages may be missing, as the hub did not give them
 * - "overflow": an iterator is too slow and loses messages
 * - "denied", "expired", "network": why the connection is closed
 * - "queue_full", "closed", "timeout": a send that is rejected
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
  transport?: "subprotocol" | "query" | "classic";
  /** Called with each state, the first one included. */
  onstate?: (state: State) => void;
  /** Called with the hub's welcome, at each connection. */
  onwelcome?: (session: Session) => void;
  /** Called when messages of a room are gone for good, before those that are left: load the page's state anew. */
  onreset?: (room: string) => void;
  /** Called with all that goes wrong and is survived. Default: console.warn. */
  onerror?: (error: HermesError) => void;
  /** Where to go on, by room, for example from before a reload. Default: with what comes after the connection is open. */
  positions?: Record<string, Position>;
  /** How many sends may wait for their answer. Default: 100. */
  queue?: number;
  /** First and longest delay between tries, in milliseconds; the real ones are random between 0 and it. Default: 1,000 and 30,000. */
  base?: number;
  cap?: number;
  /** How many tries in a row may fail before it is closed ("network"). Default: no end. */
  attempts?: number;
  /**
   * How many refusals in a row, by a server that is there, count as a denial. Default: 3. A browser tells a page
   * neither the status nor the reason of a failed handshake.
   */
  refusals?: number;
  /** Says whether the server is there at all. Default: a plain request to the URL, whatever the answer. */
  probe?: () => boolean | Promise<boolean>;
  /** The WebSocket class. Default: the global one; Node before 22 has none. */
  WebSocket?: new (url: string, protocols?: string[]) => unknown;
  /** A random number from 0 to 1. Default: Math.random. */
  random?: () => number;
}

export interface Connection extends AsyncIterable<Message> {
  readonly state: State;
  /** null before the first welcome. */
  readonly session: Session | null;
  /** How far each room was received; see Options.positions. */
  readonly positions: Record<string, Position>;
  /** Calls back with the state, now and at each change. Returns a function that ends it. */
  watch(callback: (state: State) => void): () => void;
  /**
   * Calls back for each message whose `data.type` equals `type`; "*" is all messages. Returns a function that ends it.
   * A callback that throws is reported and does not stop the others.
   *
   * Messages come once each. Those that were missed while there was no connection come first and in the order of `seq`.
   */
  subscribe<T = any>(type: string, callback: (data: T, message: Message<T>) => void): () => void;
  /** The messages of a type, or all, as an async iterator that ends when the connection is closed. */
  messages<T = any>(type?: string): AsyncIterableIterator<Message<T>>;
  /**
   * Sends data, any JSON value, to a room. Default: the token's room. Resolves when the hub has accepted it; rejects with
   * a HermesError. It waits while there is no connection. `id` names the message for receivers (default: a random one).
   */
  send(data: unknown, options?: { room?: string; id?: string }): Promise<void>;
  /** Closes the connection for good; sends that wait are rejected. */
  close(): void;
}

/** Opens a connection and keeps it open. Throws a TypeError when url or token is missing or the URL is none. */
export function connect(options: Options): Connection;
