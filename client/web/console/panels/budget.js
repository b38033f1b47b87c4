// What AWS Budgets reported, as the hub's room hears it; and a way to have it reported.
import { alertIn, percent, readAlert } from "../alert.js";
import { choice, field, fill, h, say } from "../dom.js";
import { dateTime } from "../format.js";
import { connect } from "../lib/hermes.js";
import { isCaughtUp, latencyOf } from "../stats.js";

const ROOM = "budget"; // the construct's default
const KEPT = 20;
const THRESHOLD = 0.9; // of the limit, as the construct's default

export const budget = {
  id: "budget",
  title: "Budget alerts",
  hint: "AWS Budgets notifies a topic, whose signature the subscriber verifies before it writes e-mail and notifies the room budget. This panel listens there.",
  needsStage: true,
  needsOutput: "BudgetTopicArn",
  mount(body, app) {
    const status = h("p", { class: "pane-state", role: "status", dataset: { state: "closed" } });
    const list = h("ol", { class: "alerts", tabindex: 0, "aria-label": "Budget alerts, newest first" });
    body.append(h("div", { class: "halves" }, sender(app), h("div", {}, status, list)));
    let alerts = [];

    const draw = () => fill(list, alerts.map(({ element }) => element), "No alert yet: all budgets are kept.");
    draw();
    listen(app, status, (message) => {
      const alert = alertIn(message.data);
      if (!alert) return;
      alerts = [{ at: message.time, element: item(alert, message.time) }, ...alerts].sort((a, b) => b.at - a.at).slice(0, KEPT);
      draw();
      if (!isCaughtUp(latencyOf(message))) app.toasts.show("this page", message);
    });
  },
};

/** Keeps a connection to the alerts' room; the messages that are still kept come first. */
function listen(app, status, callback) {
  // A user for each page, so that pages do not write the same row of tokens at the same time.
  const user = `console-${crypto.randomUUID().slice(0, 8)}`;
  const words = { connecting: "Connecting …", open: `Listening in the room ${ROOM}`, reconnecting: "Connection lost, trying again …", closed: "Closed" };
  const hub = connect({
    url: app.webSocketUrl(),
    token: () => app.stage.mint(user, ROOM),
    positions: { [ROOM]: { epoch: "none", seq: 0 } }, // no room has this epoch: history begins with all that is kept
    onreset: () => {},
    onerror: (error) => console.warn(error.message),
    onstate: ({ name }) => {
      status.dataset.state = name;
      say(status, words[name]);
    },
  });
  hub.subscribe("budget", (data, message) => callback(message));
}

/** The form that publishes an example alert to the topic. */
function sender(app) {
  const own = app.stage.budget ?? { name: "Monthly", amount: 100 };
  const name = field("Budget", { value: own.name, required: true, maxlength: 100 });
  const amount = (label, value) => field(label, { type: "number", min: 0.01, step: 0.01, required: true, value });
  const limit = amount("Limit in USD", own.amount);
  const spent = amount("Spent in USD", own.amount * 0.95);
  const type = choice("Type", { ACTUAL: "Actual: already spent", FORECASTED: "Forecasted for the period" });
  const result = h("p", { class: "result", role: "status" });
  const form = h("form", { class: "grid-form", "aria-label": "Example alert" },
    h("div", { class: "wide" }, name.element), limit.element, spent.element, h("div", { class: "wide" }, type.element),
    h("div", { class: "actions wide" }, h("button", { type: "submit", class: "primary" }, "Send an example alert")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const of = limit.input.valueAsNumber;
    try {
      const id = await app.stage.alert({ budget: name.input.value.trim(), limit: of, spent: spent.input.valueAsNumber, threshold: of * THRESHOLD, type: type.input.value });
      say(result, `Published as ${id}. The e-mail ends in the outbox below.`);
    } catch (error) {
      say(result, `Not published: ${error.message}`);
    }
  });
  return h("div", {}, form, result);
}

function item(alert, sentAt) {
  const at = Date.parse(alert.time) || sentAt;
  const { budget: name, kind, line, reached, spent, threshold } = readAlert(alert);
  return h("li", { class: "card alert", dataset: { kind } },
    h("p", { class: "alert-head" }, h("span", { class: "alert-name wrap" }, name), h("span", { class: "alert-kind" }, kind), h("time", { datetime: new Date(at).toISOString() }, dateTime(at))),
    h("p", { class: "alert-figures" }, h("b", {}, `${percent(spent)}%`), ` ${line}`),
    bar(spent, threshold),
    h("p", { class: "card-foot" }, h("span", { class: "wrap" }, reached), h("span", {}, `account ${alert.account}`)));
}

/** How much of the limit is spent, with a mark at the threshold. The figures beside it say the same. */
function bar(spent, threshold) {
  const whole = Math.max(100, spent, threshold);
  const filled = h("span", { class: "bar-filled" });
  filled.style.width = `${(Math.max(0, spent) / whole) * 100}%`;
  const mark = h("span", { class: "bar-mark" });
  mark.style.left = `${(threshold / whole) * 100}%`;
  return h("div", { class: "bar-track", "aria-hidden": "true" }, filled, threshold > 0 ? mark : null);
}
