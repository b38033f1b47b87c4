// Types of react.js.
import type { Connection, Message, Options, State } from "./hermes.js";

export interface Hub {
  /** null on a server, before the first effect, and without options. */
  readonly hub: Connection | null;
  readonly state: State;
}

/**
 * Opens a connection while the component is mounted, and none without options. Another `url` opens another connection; callbacks
 * and a token function are always those of the last render, and everything else is read when a connection is opened.
 */
export function useHub(options: Options | null | undefined): Hub;

/** Calls back, with the callback of the last render, for each message of a type while the component is mounted; "*" is all. */
export function useMessages<T = any>(hub: Connection | null, type: string, callback: (data: T, message: Message<T>) => void): void;
