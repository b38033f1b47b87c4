// One message of a group: when it is due, what becomes of it, and for whom.
import { fill, h, say } from "../dom.js";
import { dateTime, time } from "../format.js";

const CHANNELS = { email: "e-mail", hub: "hub" };

/** Is it still to come, all of it or a part? */
export const isUpcoming = ({ status }) => status === "scheduled" || status === "sending";

/** in 12 s, in 3 min 20 s, in 5 h 10 min, in 3 days */
export function until(ms) {
  const s = Math.ceil(ms / 1000);
  if (s <= 0) return "due now";
  if (s < 60) return `in ${s} s`;
  if (s < 3600) return `in ${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ""}`;
  if (s < 172_800) return `in ${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `in ${Math.floor(s / 86_400)} days`;
}

/** Makes its row. `results(key)` reads what became of it, `cancel(message)` cancels it. */
export function newRow(first, { results, cancel }) {
  let message = first;
  const { key, subject } = message;
  const status = h("span", { class: "schedule-status" });
  const due = h("time");
  const left = h("span");
  const button = h("button", { type: "button", class: "quiet", "aria-label": `Cancel ${subject}`, on: { click: () => cancel(message) } }, "Cancel");
  const list = h("ul", { class: "results" });
  const details = h("details", { on: { toggle: () => refresh() } }, h("summary", {}, "Results", h("span", { class: "unseen" }, ` of ${subject}`)), list);
  const element = h("li", { class: "card" },
    h("p", { class: "alert-head" }, h("span", { class: "alert-name wrap" }, subject), status, due),
    h("div", { class: "card-foot" }, left, button),
    details);
  let reading = false;

  /** Reads the results again while they are unfolded. */
  async function refresh() {
    if (!details.open || reading) return;
    reading = true;
    try {
      fill(list, (await results(key)).map(result), isUpcoming(message) ? "Nothing yet: it is still to come." : "Nobody got an e-mail of it.");
    } catch (error) {
      fill(list, [], error.message);
    }
    reading = false;
  }

  function tick(now) {
    const channels = message.channels.map((name) => CHANNELS[name] ?? name).join(" and ");
    const when = message.status === "scheduled" ? `${until(message.scheduled - now)}, by ` : "By ";
    say(left, `${when}${channels}${message.repeat ? `, occurrence ${message.occurrence}` : ""}`);
  }

  function update(next, now) {
    message = next;
    element.dataset.status = status.dataset.status = next.status;
    say(status, next.status);
    say(due, dateTime(next.scheduled));
    due.setAttribute("datetime", next.at);
    button.hidden = !isUpcoming(next);
    tick(now);
    refresh();
  }

  return { element, update, tick };
}

function result({ subscriber, email, status, reason, attempts, at }) {
  const more = [attempts > 1 && `${attempts} attempts`, reason].filter(Boolean).join(", ");
  return h("li", { class: "coming", dataset: { word: { sent: "came", failed: "refused" }[status] ?? status } },
    h("span", { class: "coming-word" }, status),
    h("span", { class: "coming-detail" }, email ?? subscriber, more ? `: ${more}` : ""),
    h("time", { datetime: at }, time(at)));
}
