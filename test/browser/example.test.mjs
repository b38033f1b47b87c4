// The order board of examples/order-board in Chromium, against its own local stage.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { alertText } from "../../client/web/console/alert.js";
import { signedHeaders } from "../../client/web/console/sigv4.js";
import { launch } from "./chromium.mjs";
import { startStage } from "./stage.mjs";

const FOLDER = "examples/order-board";
const SOON = 60_000; // long, for machines that do other things too
let stage;
let browser;

before(async () => {
  browser = await launch();
  stage = await startStage(FOLDER);
}, { timeout: 240_000 });

after(async () => {
  await browser?.close();
  await stage?.end();
});

async function open(t, user) {
  const page = await browser.newPage();
  page.setDefaultTimeout(SOON);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  t.after(async () => {
    await page.close();
    assert.deepEqual(faults, []);
  });
  await page.goto(stage.outputs.PageUrl);
  await page.getByLabel("Your name").fill(user);
  await page.getByRole("status").filter({ hasText: "open" }).waitFor();
  return page;
}

const item = (page, text) => page.getByRole("listitem").filter({ hasText: text });

test("an order is seen by everybody, and they are reminded of it", async (t) => {
  const [ada, bob] = [await open(t, "ada"), await open(t, "bob")];
  await ada.getByLabel("Order", { exact: true }).fill("two coffees");
  await ada.getByLabel("Remind after").fill("0.05"); // three seconds
  await ada.getByRole("button", { name: "Place it" }).click();
  for (const page of [ada, bob]) {
    await item(page, "ada: two coffees").waitFor();
    await item(page, "Reminder: two coffees. Is it done?").waitFor();
  }
});

test("everybody sees that the budget is nearly spent", async (t) => {
  const page = await open(t, "ada");
  await publish(alertText({ account: "000000000000", budget: "Board", limit: 20, spent: 19, threshold: 18, type: "ACTUAL" }));
  await page.getByRole("alert").filter({ hasText: "90 % of the budget Board are spent" }).waitFor();
});

/** Publishes to the budget's topic, as AWS Budgets does. */
async function publish(message) {
  const body = new URLSearchParams({ Action: "Publish", Version: "2010-03-31", TopicArn: stage.outputs.BudgetTopicArn, Message: message }).toString();
  const headers = await signedHeaders({
    host: new URL(stage.url).host, service: "sns", type: "application/x-www-form-urlencoded", body, region: "us-east-1", accessKeyId: "test", secretAccessKey: "test",
  });
  const answer = await fetch(stage.url, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
}

test("no permission was missing, and what people copy stays under 300 lines", async () => {
  assert.deepEqual((await stage.control("GET", "denied")).denied, []);
  const root = fileURLToPath(new URL(`../../${FOLDER}/`, import.meta.url));
  const files = ["Makefile", "cdk.json", ...["infra", "backend"].flatMap((folder) => readdirSync(root + folder).map((name) => `${folder}/${name}`))];
  const lines = files.reduce((sum, name) => sum + readFileSync(root + name, "utf8").split("\n").length - 1, 0);
  assert.ok(lines <= 300, `${lines} lines in ${files.join(", ")}`);
});
