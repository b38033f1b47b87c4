import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, hub, message } from "./hub.js";

const at = (seq, ahead) => ({ lobby: { epoch: "e", seq, ...(ahead && { ahead }) } });
const arrival = (t, options) => hub(t, { order: "arrival", ...options });

test("messages are handed on as they arrive, and each once", async (t) => {
  const h = await arrival(t);
  await h.open(at(0));
  h.cover([4, 6], [1, 2], [4, 6], [3, 5], [2, 3], [0, 1]);
  assert.deepEqual(h.seqs(), [5, 6, 2, 4, 3, 1]);
  assert.deepEqual(h.connection.positions, at(6));
});

test("history fills the gap without repeating what came early", async (t) => {
  const h = await arrival(t);
  await h.open(at(0));
  h.cover([2, 4], [6, 7]);
  await h.wait(2000);
  assert.equal(h.socket.last("history").after, 0);
  await h.socket.history(0, 8);
  assert.deepEqual(h.seqs(), [3, 4, 7, 1, 2, 5, 6, 8]);
  assert.deepEqual(h.connection.positions, at(8));
});

test("positions say what was handed on beyond a gap, at any moment", async (t) => {
  const h = await arrival(t);
  await h.open(at(1));
  const seen = [];
  h.connection.subscribe("*", () => seen.push(h.connection.positions.lobby));
  h.cover([3, 5], [5, 6], [8, 9]);
  assert.deepEqual(seen.map(({ ahead }) => ahead), [[[3, 4]], [[3, 5]], [[3, 6]], [[3, 6], [8, 9]]]);
  h.cover([1, 2]);
  assert.deepEqual(seen.at(-1), { epoch: "e", seq: 2, ahead: [[3, 6], [8, 9]] });
});

for (const order of ["arrival", "seq"]) {
  test(`the next page goes on from them without loss or repeat, in order of ${order}`, async (t) => {
    const h = await hub(t, { order, positions: JSON.parse(JSON.stringify(at(2, [[3, 6], [8, 9]]))) });
    await h.open(at(10));
    h.cover([9, 10], [4, 5]);
    await h.socket.history(2, 9);
    assert.deepEqual(h.seqs(), order === "seq" ? [3, 7, 8, 10] : [10, 3, 7, 8]);
    assert.deepEqual(h.connection.positions, at(10));
  });
}

test("a room that is not known yet hands on at once, too", async (t) => {
  const h = await arrival(t);
  await h.open(null);
  h.cover([6, 7]);
  await h.socket.welcome(at(8));
  await h.socket.history(7, 8);
  assert.deepEqual([h.seqs(), h.connection.positions], [[7, 8], at(8)]);
});

test("a long absence of one message makes neither spans nor memory grow", async (t) => {
  const h = await arrival(t);
  await h.open(at(0));
  for (let seq = 2; seq <= 5000; seq++) h.cover([seq - 1, seq]);
  assert.deepEqual([h.got.length, h.connection.positions], [4999, at(0, [[1, 5000]])]);
});

test("more spans than 1,024 wait for history", async (t) => {
  const h = await arrival(t);
  await h.open(at(0));
  for (let seq = 2; seq <= 6000; seq += 2) h.cover([seq - 1, seq]);
  assert.equal(h.got.length, 1024);
  await h.wait(2000);
  while (h.connection.positions.lobby.seq < 6000) {
    const { after } = h.socket.last("history");
    await h.socket.history({ ...frame(after, Math.min(after + 500, 6000)), more: after < 5500 });
  }
  assert.deepEqual([...h.seqs()].sort((a, b) => a - b), Array.from({ length: 6000 }, (_, n) => n + 1));
});

test("a reset forgets what came early of the epoch before", async (t) => {
  const h = await arrival(t);
  await h.open(at(0));
  h.cover([1, 2]);
  h.cover([0, 1, [1], { epoch: "f" }]);
  await h.socket.history({ epoch: "f", reset: true, messages: [message(1), message(2)], seq: 2 });
  assert.deepEqual(h.seqs(), [2, 1, 2]);
  assert.deepEqual(h.connection.positions, { lobby: { epoch: "f", seq: 2 } });
});
