// What it would have cost on AWS, by the list prices that the stage knows.
import { fill, h, say } from "../dom.js";
import { count, dollars } from "../format.js";

const SHOWN = 8;
const AWS_NAMES = { apigateway: "API Gateway", dynamodb: "DynamoDB", lambda: "Lambda", sqs: "SQS", sns: "SNS", s3: "S3", ses: "SES", secretsmanager: "Secrets Manager" };

export const cost = {
  id: "cost",
  title: "Usage and cost",
  hint: "Every request is counted and priced as AWS would bill it, without the free tier.",
  needsStage: true,
  mount(body, app) {
    const total = h("span", { class: "figure" }, "–");
    const each = h("span", { class: "aside" });
    const since = h("p", { class: "aside" });
    const rows = h("tbody");
    const column = (name) => h("th", { scope: "col" }, name);
    body.append(
      h("p", { class: "figure-line" }, total, " so far ", each),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Most expensive uses" },
        h("table", {}, h("thead", {}, h("tr", {}, ...["Service", "By", "Count", "Cost"].map(column))), rows)),
      h("div", { class: "card-foot" }, since, h("button", { type: "button", class: "quiet", on: { click: reset } }, "Start counting again")));

    app.pulse.on("usage", ({ items, total_usd: usd, since: at, prices_of: prices }) => {
      say(total, dollars(usd));
      const posts = items.filter((i) => i.service === "apigateway" && i.action === "message" && i.function).reduce((n, i) => n + i.count, 0);
      say(each, posts ? `${dollars((usd / posts) * 1e6)} per million posts` : "");
      say(since, `Since ${new Date(at).toLocaleTimeString()}; prices of ${prices}. Requests of this page count too.`);
      fill(rows, [...items].sort((a, b) => b.usd - a.usd).slice(0, SHOWN).map((i) => row(i, app.stage.functions)), "");
    });
    async function reset() {
      await app.stage.change("POST", "usage/reset");
      app.pulse.now("usage");
    }
  },
};

function row({ function: name, service, action, count: n, usd }, functions) {
  const path = functions.find((f) => f.name === name)?.path;
  const by = path ?? (name || (service === "apigateway" ? "clients" : "backends, this page"));
  return h("tr", {},
    h("th", { scope: "row" }, `${AWS_NAMES[service] ?? service} `, h("span", { class: "aside" }, action)),
    h("td", {}, by), h("td", {}, count(n)), h("td", {}, dollars(usd)));
}
