// What one person received, newest first, all or by type. A burst is drawn once a frame, and only as much as can be seen.
import { fill, h, say } from "../dom.js";
import { count, summary, time } from "../format.js";
import { hue } from "../hue.js";

const KEPT = 200;
const TYPES = 12; // filters; senders may invent types without end

export function newFeed() {
  const counts = new Map();
  let kept = [];
  let filter = "";
  let drawing = false;

  const filters = h("div", { class: "filters", role: "group", "aria-label": "Show messages of type" });
  const list = h("ol", { class: "feed", tabindex: 0, "aria-label": "Received messages, newest first" });
  const element = h("div", { class: "received" }, filters, list);

  function draw() {
    drawing = false;
    drawFilters();
    fill(list, kept.filter(({ type }) => !filter || type === filter).map((entry) => (entry.row ??= row(entry))), "Nothing received yet.");
  }

  function drawFilters() {
    const all = [["", [...counts.values()].reduce((a, b) => a + b, 0)], ...counts];
    for (const [type, n] of all) {
      let button = filters.querySelector(`[data-type="${CSS.escape(type)}"]`);
      if (!button) {
        button = h("button", { type: "button", class: "filter", dataset: { type }, on: { click: () => choose(type) } });
        filters.append(button);
      }
      say(button, `${type || "all"} ${count(n)}`);
      button.setAttribute("aria-pressed", type === filter);
    }
  }

  function choose(type) {
    filter = type;
    draw();
  }

  function row({ message, type, latency, at }) {
    const { seq, user_id: from, data } = message;
    return h("li", { class: "message" },
      h("span", { class: "tag", dataset: { hue: hue(type) } }, type),
      h("span", { class: "message-text" }, summary(data)),
      h("span", { class: "message-meta" },
        h("span", {}, `from ${from || "nobody"}`), seq ? h("span", {}, `no. ${seq}`) : null,
        h("time", { datetime: new Date(at).toISOString() }, time(at)), h("span", { class: "latency" }, latency)));
  }

  draw();
  return {
    element,
    add(message, latency) {
      const type = String(message.data?.type ?? "message").slice(0, 64);
      if (counts.has(type) || counts.size < TYPES) counts.set(type, (counts.get(type) ?? 0) + 1);
      kept = [{ message, type, latency, at: message.time ?? Date.now() }, ...kept.slice(0, KEPT - 1)];
      if (!drawing) requestAnimationFrame(draw);
      drawing = true;
    },
  };
}
