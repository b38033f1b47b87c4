// One person: a connection of its own, what it sends and what it receives.
import { field, h, say } from "../dom.js";
import { duration } from "../format.js";
import { connect } from "../lib/hermes.js";
import { isCaughtUp, latencyOf } from "../stats.js";
import { newFeed } from "./feed.js";

const WHY = {
  denied: "Refused: the hub does not accept this token.",
  expired: "Refused: this token has expired.",
  replaced: "Closed: another connection took its place.",
  network: "Closed: the server cannot be reached.",
  client: "Not connected",
};

let panes = 0;

export function newPane(app, { title, user, room }) {
  const id = `pane-${++panes}`;
  const userField = field("User", { value: user, maxlength: 256, required: true });
  const roomField = field("Room", { value: room, maxlength: 256, required: true });
  const tokenField = field("Token", { type: "password", required: !app.stage });
  const button = h("button", { type: "submit", class: "primary" }, "Connect");
  const status = h("p", { class: "pane-state", role: "status", dataset: { state: "closed" } }, "Not connected");
  const problem = h("p", { class: "problem", role: "alert" });
  const type = field("Type", { value: "note", list: `${id}-types`, maxlength: 64 });
  const text = field("Message", { placeholder: "Say something", maxlength: 8000 });
  const send = h("button", { type: "submit", disabled: true }, "Send");
  const feed = newFeed();
  let hub = null;
  let ticking = 0;

  function show(state) {
    clearInterval(ticking);
    status.dataset.state = state.name;
    const open = state.name === "open";
    const idle = state.name === "closed";
    send.disabled = idle;
    say(button, idle ? "Connect" : "Disconnect");
    button.classList.toggle("primary", idle);
    for (const { input } of [userField, roomField, tokenField]) input.readOnly = !idle;
    if (state.name === "connecting") say(status, "Connecting …");
    if (open) say(status, `Connected to ${hub?.session?.rooms?.join(", ") ?? roomField.input.value} as ${hub?.session?.userId ?? userField.input.value}`);
    if (idle) {
      say(status, state.why === "client" ? WHY.client : "Closed");
      say(problem, state.why === "client" ? "" : WHY[state.why]);
    }
    if (state.name === "reconnecting") {
      const left = () => Math.max(0, state.retryAt - Date.now());
      // Said once for screen readers; the seconds that pass are for the eye.
      const tick = () => say(status, state.retryAt === null ? `Reconnecting, try ${state.attempt} …` : `Connection lost, try ${state.attempt} in ${Math.ceil(left() / 1000)} s`);
      tick();
      if (state.retryAt !== null) ticking = setInterval(tick, 1000);
    }
  }

  /** Resolves once the connection is open, rejects when it is closed instead. */
  function open() {
    say(problem, "");
    const own = tokenField.input.value.trim();
    const mint = () => app.stage.mint(userField.input.value.trim(), roomField.input.value.trim());
    hub = connect({
      url: app.webSocketUrl(),
      token: own || mint,
      onwelcome: () => show(hub.state),
      onreset: (name) => say(problem, `Some older messages of ${name} are no longer kept.`),
      onerror: (error) => {
        console.warn(error.message);
        if (!(error.code in WHY)) say(problem, error.message.replace("hermes: ", ""));
      },
    });
    hub.subscribe("*", (data, message) => {
      const latency = latencyOf(message);
      app.stats.received(latency);
      feed.add(message, isCaughtUp(latency) ? "caught up" : duration(latency));
      app.toasts.show(hub.session?.userId ?? userField.input.value, message);
    });
    return new Promise((resolve, reject) => {
      hub.watch((state) => {
        show(state);
        if (state.name === "open") resolve();
        if (state.name === "closed") reject(new Error(WHY[state.why]));
      });
    });
  }

  const form = h("form", { class: "pane-connect", "aria-label": `${title}: connection` },
    userField.element, roomField.element, h("div", { class: "field" }, button), app.stage
      ? h("details", { class: "wide" }, h("summary", {}, "Use a token of your own"), tokenField.element)
      : h("div", { class: "wide" }, tokenField.element));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (hub && hub.state.name !== "closed") return hub.close();
    open().catch(() => {}); // the pane shows it
  });

  async function deliver(data) {
    say(problem, "");
    await hub.send({ ...data, sent_at: Date.now() });
  }
  const writing = h("form", { class: "pane-send", "aria-label": `${title}: send` },
    type.element, text.element, h("div", { class: "field" }, send),
    h("datalist", { id: `${id}-types` }, ...["note", "order", "alert"].map((value) => h("option", { value }))));
  writing.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = { type: type.input.value, text: text.input.value };
    text.input.value = "";
    try {
      await deliver(data);
    } catch (error) {
      say(problem, `Not sent: ${error.message}`);
    }
  });

  return {
    element: h("article", { class: "pane", id, "aria-labelledby": `${id}-title` },
      h("h3", { id: `${id}-title` }, title), form, status, problem, writing, feed.element),
    connect: () => (hub && hub.state.name !== "closed" ? Promise.resolve() : open()),
    send: deliver,
    user: () => userField.input.value,
    room: () => roomField.input.value,
  };
}
