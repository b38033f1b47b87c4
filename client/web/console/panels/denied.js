// Calls that a policy refused: here as on AWS, since the policies are those of the template.
import { fill, h, say } from "../dom.js";
import { count, time } from "../format.js";

const SHOWN = 20;

export const denied = {
  id: "denied",
  title: "Denied calls",
  hint: "The stage enforces each function's role. What is refused here would be refused on AWS.",
  needsStage: true,
  mount(body, app) {
    const figure = h("span", { class: "figure" }, "–");
    const list = h("ol", { class: "denials", tabindex: 0, "aria-label": "Denied calls, newest first" });
    body.append(h("p", { class: "figure-line" }, figure, " refused so far"), list);
    app.pulse.on("denied", ({ total, denied: all }) => {
      say(figure, count(total));
      fill(list, all.slice(-SHOWN).reverse().map((d) => item(d, app.stage.functions)), "None: every function has the permissions that it needs.");
    });
  },
};

function item({ time: at, function: name, caller, action, resource, reason }, functions) {
  const path = functions.find((f) => f.name === name)?.path;
  return h("li", { class: "card" },
    h("p", { class: "card-reason" }, action),
    h("p", { class: "aside wrap" }, resource),
    h("p", { class: "aside wrap" }, reason),
    h("p", { class: "card-foot" }, h("span", {}, path ?? name ?? caller), h("time", { datetime: at }, time(at))));
}
