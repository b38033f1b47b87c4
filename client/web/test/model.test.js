// hermes.js against a hub that does all that it may do, by seed: SEEDS=7 runs one of them, SEEDS=1-5000 many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../hermes.js";
import { hub } from "./hub.js";
import { Model, newRandom } from "./model.js";

const STEP = 100;
const TROUBLE = 60_000;
const CALM = 12 * 60_000; // the idle ping finds what was lost last

const [from, to = from] = (process.env.SEEDS ?? "1-12").split("-").map(Number);

/** One page after the other, and what they were given. */
async function run(t, seed, { order, happen }) {
  const random = newRandom(seed);
  const model = new Model(random);
  const options = { WebSocket: model.WebSocket, random, order, probe: () => false, life: 20_000, gap: 2000, positions: { lobby: { epoch: "e0", seq: 0 } } };
  const h = await hub(t, { ...options, onreset: () => resets++, onerror: () => {} });
  let resets = 0;
  let page = h.connection;
  const got = [];
  const listen = () => page.subscribe("*", (_, { id }) => got.push(id));
  listen();
  const reload = () => {
    page.close();
    const positions = JSON.parse(JSON.stringify(page.positions));
    page = connect({ url: "wss://hub.test/live", token: "t", ...options, positions, onreset: () => resets++, onerror: () => {} });
    listen();
  };
  t.after(() => page.close());
  for (let time = 0; time < TROUBLE; time += STEP) {
    if (random() < 0.3) model.publish();
    if (random() < 0.006) model.lose();
    if (random() < 0.004) model.notice();
    if (random() < 0.004) reload();
    happen?.(model, random);
    await h.wait(STEP);
  }
  model.trouble = false;
  for (let time = 0; time < CALM; time += 2000) await h.wait(2000);
  return { got, model, resets, page };
}

const number = (id) => id.split("/").map((part) => Number(part.replace("e", "")));
const inOrder = (a, b) => number(a)[0] - number(b)[0] || number(a)[1] - number(b)[1];
const repeats = (ids) => ids.filter((id, n) => ids.indexOf(id) !== n);

for (let seed = from; seed <= to; seed++) {
  test(`nothing is lost, repeated or out of order: seed ${seed}`, async (t) => {
    const { got, model, resets, page } = await run(t, seed, { order: "seq" });
    assert.deepEqual(got, model.published);
    assert.equal(resets, 0);
    assert.deepEqual(page.positions, { lobby: model.tail });
    assert.ok(got.length > 100, `${got.length} messages`);
  });

  test(`nothing is lost or repeated as it arrives: seed ${seed}`, async (t) => {
    const { got, model, resets, page } = await run(t, seed, { order: "arrival" });
    assert.deepEqual(repeats(got), []);
    assert.deepEqual([...got].sort(inOrder), model.published);
    assert.equal(resets, 0);
    assert.deepEqual(page.positions, { lobby: model.tail });
  });

  test(`nothing is lost without a reset, and none is needless: seed ${seed}`, async (t) => {
    const happen = (model, random) => {
      if (random() < 0.002) model.restart();
      if (random() < 0.002) model.expire();
    };
    const { got, model, resets, page } = await run(t, seed, { order: "seq", happen });
    assert.deepEqual(got, [...got].sort(inOrder));
    assert.deepEqual(repeats(got), []);
    assert.ok(resets <= model.resets, `${resets} resets where ${model.resets} were due`);
    assert.ok(resets > 0 || got.length === model.published.length, "lost without a reset");
    assert.deepEqual(page.positions, { lobby: model.tail });
  });
}
