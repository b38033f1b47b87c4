// Who comes and goes, as the functions log it.
import { fill, h, say } from "../dom.js";
import { count, time } from "../format.js";

const SHOWN = 30;

const WORDS = { connected: "came", disconnected: "went", "connection denied": "refused" };

export const connections = {
  id: "connections",
  title: "Connections",
  hint: "Each browser is one connection. The authorizer lets it in, or says why not.",
  needsStage: true,
  mount(body, app) {
    const figure = h("span", { class: "figure" }, "–");
    const list = h("ol", { class: "comings", tabindex: 0, "aria-label": "Connections that came and went, newest first" });
    body.append(h("p", { class: "figure-line" }, figure, " open now"), list);
    app.pulse.on("health", (health) => say(figure, count(health.connections)));
    let shown = "";
    app.pulse.on("comings", (events) => {
      const state = JSON.stringify(events[0] ?? null) + events.length;
      if (state === shown) return;
      shown = state;
      fill(list, events.slice(0, SHOWN).map(item), "Nobody yet.");
    });
  },
};

function item({ time: at, entry }) {
  const word = WORDS[entry.message];
  const detail = entry.reason ?? [entry.room_id && `room ${entry.room_id}`, entry.status && `code ${entry.status}`, entry.protocol].filter(Boolean).join(", ");
  return h("li", { class: "coming", dataset: { word } },
    h("span", { class: "coming-word" }, word),
    h("span", { class: "coming-detail" }, detail),
    h("code", {}, entry.connection_id ?? ""),
    h("time", { datetime: at }, time(at)));
}
