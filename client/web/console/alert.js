// Alerts of the BudgetSubscriber: what an alert says in words, and a text such as AWS Budgets publishes.
// The fields are those of functions/budgetsubscriber/contract/alert.go.

/** 90, 12.5: at most one decimal. */
export const percent = (n) => String(Math.round(n * 10) / 10);

const textOf = (amount) => String(amount?.text ?? "–");
const number = (n) => (Number.isFinite(n) ? n : 0);

/** The alert in a message's data; null if there is none. */
export function alertIn(data) {
  const alert = data?.type === "budget" ? data.data : null;
  return typeof alert === "object" && alert !== null && typeof alert.budget === "string" ? alert : null;
}

/** What a person wants to know of an alert: {budget, kind, line, reached, spent, threshold}, the last two in percent. */
export function readAlert(alert) {
  const { kind, type, budget, limit } = alert;
  const spent = number(alert.spent_percent);
  const threshold = number(alert.threshold_percent);
  if (kind === "anomaly") {
    const line = `${textOf(alert.spent)} spent where ${textOf(limit)} was expected`;
    return { budget, kind: "ANOMALY", line, reached: `Unusual cost in ${budget}`, spent, threshold: 0 };
  }
  const forecast = type === "FORECASTED";
  const line = `${textOf(alert.spent)} ${forecast ? "forecast" : "spent"} of ${textOf(limit)}`;
  const verb = alert.comparison === "<" ? "fell below" : forecast ? "is forecast to reach" : "reached";
  return { budget, kind: forecast ? "FORECASTED" : "ACTUAL", line, reached: `${budget} ${verb} ${percent(number(alert.percent))}%`, spent, threshold };
}

const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** The text of an alert of a monthly cost budget in US dollars, as AWS Budgets words it. `type` is ACTUAL or FORECASTED. */
export function alertText({ account, budget, limit, spent, threshold, type, now = new Date() }) {
  const date = now.toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
  const [of, is, above] = [limit, spent, threshold].map((amount) => money.format(amount));
  return [
    `AWS Budget Notification ${date}`,
    `AWS Account ${account}`,
    "",
    `You asked to be told when the ${type} Cost of your ${budget} budget is greater than ${above} for the current month.`,
    "",
    `Budget Name: ${budget}`,
    "Budget Type: Cost",
    `Budgeted Amount: ${of}`,
    `Alert Type: ${type}`,
    `Alert Threshold: > ${above}`,
    `${type} Amount: ${is}`,
    "",
    "[1] https://console.aws.amazon.com/costmanagement/home#/budgets",
  ].join("\n");
}
