// How much waits in each queue, and what could not be delivered.
import { fill, h, say } from "../dom.js";
import { count, time } from "../format.js";

export const queues = {
  id: "queues",
  title: "Queues and dead letters",
  hint: "A message that cannot be delivered is kept with its reason. Redrive sends it through once more.",
  needsStage: true,
  mount(body, app) {
    const rows = h("tbody");
    const deadLetters = h("ul", { class: "dead-letters", tabindex: 0, "aria-label": "Dead letters" });
    const result = h("p", { class: "result", role: "status" });
    const column = (name) => h("th", { scope: "col" }, name);
    body.append(
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Queue depths" },
        h("table", {}, h("thead", {}, h("tr", {}, ...["Queue", "Waiting", "In flight", "Delayed"].map(column))), rows)),
      h("h3", {}, "Dead letters"), deadLetters, result);
    let shown = "";

    app.pulse.on("queues", (depths) => {
      rows.replaceChildren(...depths.map((q) =>
        h("tr", { class: q.dead && q.waiting ? "alarming" : null },
          h("th", { scope: "row" }, q.path), ...[q.waiting, q.inFlight, q.delayed].map((n) => h("td", {}, count(n))))));
      const dead = depths.filter((q) => q.dead);
      const state = JSON.stringify(dead.map((q) => [q.name, q.waiting]));
      if (state === shown) return; // reading them costs a request for each queue
      shown = state;
      list(dead.filter((q) => q.waiting)).catch((error) => say(result, error.message));
    });

    async function list(dead) {
      const expected = dead.length > 0;
      const found = await Promise.all(dead.map(async (queue) => (await app.stage.deadLetters(queue.url)).map((deadLetter) => ({ queue, deadLetter }))));
      fill(deadLetters, found.flat().map(item), expected ? "Somebody else looks at them right now." : "None: everything was delivered.");
      if (expected && !found.flat().length) shown = ""; // look again
    }

    const act = (what, done) => async () => {
      try {
        await what();
        say(result, done);
      } catch (error) {
        say(result, error.message);
      }
      shown = "";
      app.pulse.now("queues");
    };

    function item({ queue, deadLetter }) {
      const reason = `${queue.path}: ${deadLetter.reason}`;
      return h("li", { class: "card" },
        h("p", { class: "card-reason" }, deadLetter.reason),
        h("pre", { tabindex: 0, role: "group", "aria-label": `Body of the dead letter, ${reason}` }, deadLetter.body.slice(0, 2000)),
        h("div", { class: "card-foot" },
          h("span", {}, `${queue.path}, ${time(deadLetter.sentAt)}`),
          h("button", { type: "button", "aria-label": `Redrive ${reason}`, on: { click: act(() => app.stage.redrive(queue, deadLetter), "Sent again.") } }, "Redrive"),
          h("button", { type: "button", class: "quiet", "aria-label": `Discard ${reason}`, on: { click: act(() => app.stage.discard(queue, deadLetter), "Discarded.") } }, "Discard")));
    }
  },
};
