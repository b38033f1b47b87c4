// The system in one line: where a message is on its way, and how much is there.
import { runDemo } from "../demo.js";
import { h, say } from "../dom.js";
import { count } from "../format.js";

const STEPS = [
  { id: "published", name: "Publish requests", hint: "of backends, and of clients through the gateway" },
  { id: "waiting", name: "In the queues", hint: "SQS holds messages until a worker is free" },
  { id: "working", name: "Workers busy", hint: "Lambda functions at work right now" },
  { id: "posted", name: "Posts", hint: "to connections; one carries many messages" },
  { id: "connections", name: "Connected", hint: "browsers that listen right now" },
  { id: "dead", name: "Dead letters", hint: "kept with their reason, to be sent again" },
];

const WORKERS = ["Broadcast", "Deliver"]; // what these put into queues was published before

const sum = (list, pick) => list.reduce((total, item) => total + pick(item), 0);

export const flow = {
  id: "flow",
  title: "How a message travels",
  hint: "Someone publishes to a room. A queue takes it, a worker numbers and keeps it, and everyone connected to the room receives it.",
  needsStage: true,
  mount(body, app, head) {
    const figures = {};
    const step = ({ id, name, hint }) => {
      figures[id] = h("span", { class: "flow-figure" }, "–");
      return h("li", { class: "flow-step", dataset: { step: id } },
        h("span", { class: "flow-name" }, name), figures[id], h("span", { class: "flow-hint" }, hint));
    };
    body.append(h("ol", { class: "flow" }, ...STEPS.map(step)));
    head.append(demo(app));

    const show = (id, n) => {
      say(figures[id], count(n));
      figures[id].parentElement.dataset.some = n > 0;
    };
    app.pulse.on("health", ({ connections, instances }) => {
      show("connections", connections);
      show("working", sum(Object.values(instances), ({ Busy }) => Busy));
    });
    app.pulse.on("usage", ({ items }) => {
      const workers = app.stage.functions.filter(({ path }) => WORKERS.includes(path.split("/").at(-1))).map(({ name }) => name);
      const published = items.filter((i) => i.service === "sqs" && i.action.startsWith("SendMessage") && !workers.includes(i.function));
      const posts = items.filter((i) => i.service === "apigateway" && i.action === "message" && i.function);
      show("published", sum(published, (i) => i.count));
      const posted = sum(posts, (i) => i.count);
      show("posted", posted);
      app.stats.posted(posted);
    });
    app.pulse.on("queues", (queues) => {
      show("waiting", sum(queues.filter(({ dead }) => !dead), (q) => q.waiting + q.inFlight + q.delayed));
      show("dead", sum(queues.filter(({ dead }) => dead), (q) => q.waiting));
    });
  },
};

function demo(app) {
  const caption = h("p", { class: "demo-caption", role: "status" });
  const button = h("button", { type: "button", class: "primary" }, "Show me in 20 seconds");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await runDemo(app, (text) => say(caption, text));
    } catch (error) {
      say(caption, `The demonstration stopped: ${error.message}`);
    }
    button.disabled = false;
  });
  return h("div", { class: "demo" }, button, caption);
}
