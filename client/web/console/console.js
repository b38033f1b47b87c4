// The console: reads its configuration, finds the local stage if there is one, and mounts the panels.
import { h, say } from "./dom.js";
import { openLocal } from "./local.js";
import { panels } from "./panels/index.js";
import { newPulse } from "./pulse.js";
import { newStats } from "./stats.js";
import { bindTheme } from "./theme.js";
import { newToasts } from "./toasts.js";

const main = document.getElementById("main");
const health = document.getElementById("health");

function showHealth(up, text) {
  health.dataset.up = up;
  say(health, text);
}

function mount(panel, app) {
  const id = `panel-${panel.id}`;
  const body = h("div", { class: "panel-body" });
  const heading = h("h2", { id }, panel.title);
  const head = h("div", { class: "panel-head" }, heading, panel.hint ? h("p", { class: "hint" }, panel.hint) : null);
  main.append(h("section", { class: `panel panel-${panel.id}`, "aria-labelledby": id }, head, body));
  panel.mount(body, app, head);
}

async function readConfig() {
  const answer = await fetch("config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`config.json: status ${answer.status}`);
  return answer.json();
}

async function start() {
  const config = await readConfig();
  say(document.getElementById("stage"), config.stage ?? "stage");
  const stage = config.control ? await openLocal(config.control) : null;
  const themed = new Set();
  const app = {
    config,
    stage, // null without a local stage
    webSocketUrl: () => stage?.outputs.WebSocketUrl ?? config.webSocketUrl,
    stats: newStats(),
    toasts: newToasts(document.getElementById("toasts"), document.getElementById("announcer")),
    onTheme: (callback) => themed.add(callback),
    demo: {}, // what the demo may use of other panels
  };
  app.pulse = stage && newPulse(stage, (up) => {
    showHealth(up, up ? "running" : "not running: start it with make run");
    if (up) stage.refresh().catch((error) => console.warn(error.message));
  });
  if (!stage) showHealth(true, "deployed");
  const fits = ({ needsStage, needsOutput }) => (stage || !needsStage) && (!needsOutput || stage?.outputs[needsOutput]);
  for (const panel of panels) if (fits(panel)) mount(panel, app);
  bindTheme(document.getElementById("theme"), () => themed.forEach((callback) => callback()));
}

start().catch((error) => {
  showHealth(false, "not running");
  main.append(h("p", { class: "notice", role: "alert" }, `The console could not start: ${error.message}. Is the stage running? Start it with make run and load this page again.`));
});
