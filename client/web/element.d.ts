// Types of element.js, which defines the element as it is imported.
import type { Connection, HermesError, Message, Options, Session, State } from "./hermes.js";

export interface HermesHubEventMap extends HTMLElementEventMap {
  message: CustomEvent<{ data: any; message: Message<any> }>;
  state: CustomEvent<State>;
  welcome: CustomEvent<Session>;
  /** The room whose messages are gone; see Options.onreset. */
  reset: CustomEvent<string>;
  /** What went wrong and is survived; it is logged, too, unless a listener calls preventDefault. */
  error: CustomEvent<HermesError> & ErrorEvent;
}

/** <hermes-hub url="wss://..." token-url="/hub-token">: a connection while the element is in a page. */
export class HermesHub extends HTMLElement {
  /** The token, or a function that gives one, in place of the attribute token-url, whose answer is the token as text. */
  token: Options["token"] | undefined;
  /** null while the element is in no page, or lacks url or token. */
  readonly hub: Connection | null;
  /** Sends data; rejected while there is no connection. */
  send: Connection["send"];
  addEventListener<K extends keyof HermesHubEventMap>(type: K, listener: (this: HermesHub, event: HermesHubEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "hermes-hub": HermesHub;
  }
}
