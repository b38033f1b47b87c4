// A web component over hermes.js: <hermes-hub url="wss://push.example.com" token-url="/hub-token"></hermes-hub>
//
//   hub.addEventListener("message", ({ detail }) => console.log(detail.data, detail.message.user_id));
//
// Its attribute "state" follows the connection, for styles: hermes-hub[state="open"] { ... }. On a server it does nothing.
import { connect } from "./hermes.js";

export class HermesHub extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ["url", "token-url"];

  /** The token, or a function that gives one, in place of token-url. */
  token;
  #hub = null;

  /** The connection, null while there is none. */
  get hub() {
    return this.#hub;
  }

  connectedCallback() {
    // In the next microtask: until then a page's script can set the token, and a move within the page is no end.
    queueMicrotask(() => this.#follow());
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#close());
  }

  attributeChangedCallback() {
    this.#close();
    queueMicrotask(() => this.#follow());
  }

  /** Sends data; see Connection.send. */
  send(data, options) {
    return this.#hub ? this.#hub.send(data, options) : Promise.reject(new Error("hermes: <hermes-hub> has no connection"));
  }

  #follow() {
    const url = this.getAttribute("url");
    const token = this.token ?? (this.hasAttribute("token-url") ? () => this.#fetchToken() : null);
    if (this.#hub || !this.isConnected || !url || !token) return;
    const emit = (type) => (detail) => this.dispatchEvent(new CustomEvent(type, { detail, cancelable: type === "error" }));
    const onerror = (error) => emit("error")(error) && console.warn(error); // unless a listener prevents it
    this.#hub = connect({ url, token, onreset: emit("reset"), onerror, onwelcome: emit("welcome") });
    this.#hub.watch((state) => {
      this.setAttribute("state", state.name);
      emit("state")(state);
    });
    this.#hub.subscribe("*", (data, message) => emit("message")({ data, message }));
  }

  async #fetchToken() {
    const answer = await fetch(this.getAttribute("token-url"));
    if (answer.status === 401 || answer.status === 403) return null; // which closes the connection as denied
    if (!answer.ok) throw new Error(`hermes: ${answer.url} answered ${answer.status}`);
    return (await answer.text()).trim();
  }

  #close() {
    this.#hub?.close();
    this.#hub = null;
  }
}

if (globalThis.customElements && !customElements.get("hermes-hub")) customElements.define("hermes-hub", HermesHub);
