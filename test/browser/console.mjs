// What the tests of the console share: a browser, a local stage, and what people do on the page.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch } from "./chromium.mjs";
import { startStage } from "./stage.mjs";

const SOON = 60_000; // long, for machines that do other things too; nothing that works takes as long

export let stage;
let browser;

before(async () => {
  browser = await launch(); // first: what is not assigned is not closed, when the stage is not ready in time
  stage = await startStage();
}, { timeout: 240_000 });

after(async () => {
  await browser?.close();
  await stage?.end();
});

/** Opens the console in a browser of its own. Any error, violation of the policy or request elsewhere fails the test. */
export async function openConsole(t, { viewport = { width: 1280, height: 900 }, colorScheme = "light", reducedMotion = "no-preference", config, expected = [] } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion });
  context.setDefaultTimeout(SOON);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("request", (request) => request.url().startsWith(stage.url) || faults.push(`asked ${request.url()}`));
  if (config) await page.route("**/config.json", (route) => route.fulfill({ json: config }));
  await page.goto(stage.outputs.ConsoleUrl);
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))), []);
  });
  return page;
}

export const first = (page) => page.getByRole("article", { name: "First person" });
export const second = (page) => page.getByRole("article", { name: "Second person" });

let rooms = 0;
export const newRoom = () => `room-${process.pid}-${++rooms}`;

export async function connect(pane, { room, user }) {
  if (user) await pane.getByLabel("User").fill(user);
  await pane.getByLabel("Room").fill(room);
  await pane.getByRole("button", { name: "Connect", exact: true }).click();
  await pane.getByText(`Connected to ${room}`).waitFor();
}

export const rows = (pane) => pane.getByRole("list", { name: "Received messages" }).getByRole("listitem");

/** A token made by the console. */
export const mint = (page, user, room) =>
  page.evaluate(async ([user, room]) => (await (await import("/console/local.js")).openLocal("/_local/")).mint(user, room), [user, room]);

/** A client in the page, outside of the panes, that keeps what it receives. */
export async function openClient(page, room, user = "eve") {
  await page.evaluate(async ([room, user]) => {
    const [{ connect }, { openLocal }] = await Promise.all([import("/console/lib/hermes.js"), import("/console/local.js")]);
    const local = await openLocal("/_local/");
    const token = await local.mint(user, room);
    const client = { got: [], states: [], errors: [] };
    client.hub = connect({
      url: local.outputs.WebSocketUrl,
      token,
      onstate: (state) => client.states.push({ ...state, at: Date.now() }),
      onerror: (error) => client.errors.push(error.message),
    });
    client.hub.subscribe("*", (data, { seq, id }) => client.got.push({ n: data.n, seq, id, at: Date.now() }));
    globalThis.client = client;
  }, [room, user]);
  await page.waitForFunction(() => globalThis.client.hub.session);
}
