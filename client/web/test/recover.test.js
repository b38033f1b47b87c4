import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, hub, message, settle } from "./hub.js";

const at = (seq, epoch = "e") => ({ lobby: { epoch, seq } });
const upTo = (seq, from = 1) => Array.from({ length: seq - from + 1 }, (_, n) => from + n);

test("the first connection asks for no history", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  assert.deepEqual(h.questions(), []);
  assert.deepEqual(h.connection.positions, at(7));
});

test("what comes before the first welcome waits for it, and is where the room begins", async (t) => {
  const h = await hub(t);
  await h.open(null);
  h.cover([6, 7], [4, 5]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[], {}]);
  await h.socket.welcome(at(8));
  assert.deepEqual([h.seqs(), h.connection.positions], [[5], at(5)]);
  await h.socket.history(5, 8);
  assert.deepEqual(h.seqs(), [5, 6, 7, 8]);
});

test("a room that starts over before the first welcome is reset", async (t) => {
  const h = await hub(t);
  await h.open(null);
  h.cover([6, 7]);
  await h.socket.welcome(at(1, "f"));
  assert.deepEqual(h.socket.last("history").epoch, "e");
  await h.socket.history({ epoch: "f", reset: true, messages: [message(1)], seq: 1 });
  assert.deepEqual(h.connection.positions, at(1, "f"));
});

test("nothing is asked for when nothing was missed", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  h.cover([7, 9]);
  await h.reopen();
  await h.socket.welcome(at(9));
  h.cover([9, 10]);
  await h.wait(60_000);
  assert.deepEqual(h.questions(), []);
  assert.deepEqual(h.seqs(), [8, 9, 10]);
});

test("what was missed is fetched at once, page by page, and what came meanwhile waits for it", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  h.cover([7, 8]);
  await h.reopen();
  h.cover([12, 13]);
  await h.socket.welcome(at(12));
  const { ref, ...question } = h.socket.last("history");
  assert.deepEqual(question, { action: "history", room_id: "lobby", epoch: "e", after: 8 });
  h.cover([11, 12], [14, 15], [13, 14]);
  assert.deepEqual(h.seqs(), [8]);
  await h.socket.history({ ...frame(8, 11, [11, 9, 10]), more: true });
  assert.deepEqual(h.seqs(), upTo(15, 8), "in the order of their numbers");
  assert.equal(h.questions().length, 1, "live frames had the rest");
  h.cover([15, 16]);
  assert.equal(h.got.at(-1).seq, 16);
});

test("a frame that covers what is known and what is new hands on what is new", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 3], [1, 5], [0, 6], [2, 4]);
  assert.deepEqual(h.seqs(), upTo(6));
  assert.deepEqual(h.connection.positions, at(6));
});

test("numbers for others leave no gap where the frame covers them", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 4, [2]], [4, 9, [9]]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[2, 9], at(9)]);
  await h.wait(60_000);
  assert.deepEqual(h.questions(), []);
});

test("a number outside of what its frame covers is not handed on", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 2, [1, 2, 7]]);
  h.socket.say({ ...frame(2, 3), messages: [{ data: "no number" }, message(3)] });
  assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2, 3], at(3)]);
});

test("frames without what they cover cover their own numbers", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.socket.say({ type: "messages", messages: [message(2), message(1), message(4)] });
  assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2], at(2)]);
  await h.wait(2000);
  await h.socket.history({ messages: [message(4)], seq: 4 });
  assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2, 4], at(4)]);
});

test("a gap is asked for when the position has stood still for a random time from half to the whole of the gap's", async (t) => {
  for (const [random, gap, wait] of [[1, undefined, 2000], [0, undefined, 1000], [0.5, 400, 300]]) {
    await t.test(`${wait} ms`, async (t) => {
      const h = await hub(t, { random: () => random, gap });
      await h.open(at(0));
      h.cover([1, 2]);
      await h.wait(wait - 1);
      assert.deepEqual(h.questions(), []);
      await h.wait(1);
      assert.deepEqual(h.questions().map(({ epoch, after }) => [epoch, after]), [["e", 0]]);
      await h.socket.history(0, 2);
      assert.deepEqual(h.seqs(), [1, 2]);
      await h.wait(60_000);
      assert.equal(h.questions().length, 1);
    });
  }
});

test("a gap that closes by itself is not asked for, and the next one has its own time", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([1, 2]);
  await h.wait(1999);
  h.cover([3, 4], [0, 1]);
  await h.wait(1999);
  assert.deepEqual(h.questions(), []);
  h.cover([2, 3]);
  await h.wait(60_000);
  assert.deepEqual(h.questions(), []);
  assert.deepEqual(h.seqs(), [1, 2, 3, 4]);
});

test("a gap is asked for until it closes, and never stepped over", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  h.cover([5, 6]);
  await h.wait(2000);
  const refs = new Set();
  for (const wait of [2000, 4000, 8000, 8000, 8000]) {
    const { ref } = h.socket.last("history");
    refs.add(ref);
    await h.socket.fail("history");
    await h.wait(wait - 1);
    assert.equal(h.socket.last("history").ref, ref, "not yet");
    await h.wait(1);
  }
  assert.equal(refs.size, 5);
  assert.deepEqual(h.codes(), ["history"], "the application hears of it once");
  assert.equal(h.errors[0].message, "hermes: messages of lobby are late: the hub could not do it");
  assert.deepEqual([h.seqs(), h.connection.positions], [[], at(1)]);
  await h.socket.history(1, 5);
  assert.deepEqual(h.seqs(), upTo(6, 2));
  h.cover([7, 8]);
  await h.wait(2000);
  assert.equal(h.socket.last("history").after, 6, "the next gap begins with the short time");
});

test("history that does not reach as far as what was received is asked again", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([3, 4]);
  await h.wait(2000);
  await h.socket.history(0, 2);
  assert.equal(h.socket.last("history").after, 2, "what moves on is asked at once");
  await h.socket.history(2, 2);
  assert.equal(h.questions().length, 2);
  await h.wait(2000);
  await h.socket.history(2, 4);
  assert.deepEqual(h.seqs(), [1, 2, 3, 4]);
});

test("a question whose function crashed is asked again, and one that is silent shows a dead connection", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([1, 2]);
  await h.wait(2000);
  h.socket.say({ message: "Internal server error", connectionId: "c", requestId: "r" });
  await settle();
  await h.wait(2000);
  assert.equal(h.questions().length, 2);
  await h.wait(9_999);
  assert.equal(h.connection.state.name, "open");
  await h.wait(1);
  assert.equal(h.connection.state.name, "reconnecting");
  assert.deepEqual(h.codes(), ["gateway", "timeout"]);
});

test("a pong shows what was lost in a quiet room", async (t) => {
  const h = await hub(t);
  await h.open(at(3));
  await h.wait(9 * 60_000);
  assert.ok(h.socket.last("ping"));
  h.socket.say({ type: "pong", positions: at(5) });
  h.cover([3, 4]);
  await h.wait(2000);
  await h.socket.history(4, 5);
  h.socket.say({ type: "pong", positions: at(5) });
  h.socket.say({ type: "pong", positions: at(4) });
  await h.wait(60_000);
  assert.deepEqual([h.seqs(), h.questions().length], [[4, 5], 1]);
});

test("the position never goes back", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([2, 3]);
  await h.wait(2000);
  h.cover([0, 2]);
  await h.socket.history(0, 1);
  h.cover([0, 1]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2, 3], at(3)]);
});

test("what waits outlives a lost connection", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  h.cover([5, 6]);
  await h.reopen();
  await h.socket.welcome(at(6));
  await h.socket.history(1, 5);
  assert.deepEqual(h.seqs(), upTo(6, 2));
});

test("a connection lost while it catches up loses nothing", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  h.cover([5, 6]);
  await h.socket.history({ ...frame(1, 3), more: true });
  await h.reopen();
  h.cover([6, 7]);
  await h.socket.welcome(at(7));
  assert.equal(h.socket.last("history").after, 3);
  await h.socket.history(3, 5);
  assert.deepEqual(h.seqs(), upTo(7, 2));
});

test("more than 1,024 messages beyond a gap are fetched instead of kept", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  await h.reopen();
  await h.socket.welcome(at(1));
  for (let seq = 2; seq <= 6000; seq++) h.cover([seq - 1, seq]);
  await h.socket.history(0, 1);
  assert.deepEqual(h.seqs(), [1], "they are not kept");
  while (h.connection.positions.lobby.seq < 6000) {
    const { after } = h.socket.last("history");
    await h.socket.history({ ...frame(after, Math.min(after + 500, 6000)), more: after < 5500 });
  }
  assert.deepEqual(h.seqs(), upTo(6000));
});

test("a reset is told before what is left, and the room goes on from there", async (t) => {
  const resets = [];
  const h = await hub(t, { onreset: (room) => resets.push([room, h.got.length]) });
  await h.open(at(100));
  await h.reopen();
  await h.socket.welcome(at(3, "f"));
  assert.deepEqual([h.socket.last("history").epoch, h.socket.last("history").after], ["e", 100]);
  await h.socket.history({ epoch: "f", reset: true, messages: [message(2), message(3)], seq: 3 });
  assert.deepEqual(resets, [["lobby", 0]]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[2, 3], at(3, "f")]);
  await h.reopen();
  await h.socket.welcome(at(4, "f"));
  assert.deepEqual([h.socket.last("history").epoch, h.socket.last("history").after], ["f", 3]);
  assert.equal(resets.length, 1);
});

test("messages that have expired are a reset, and what is known is not repeated", async (t) => {
  const resets = [];
  const h = await hub(t, { onreset: (room) => resets.push(room) });
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(9));
  h.cover([9, 10]);
  await h.socket.history({ reset: true, messages: [message(1), message(7), message(8), message(9)], after: 0, seq: 9 });
  assert.deepEqual([resets, h.seqs(), h.connection.positions], [["lobby"], [7, 8, 9, 10], at(10)]);
});

test("a hub that has lost numbers which it once gave is asked, and resets", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 9]);
  await h.reopen();
  await h.socket.welcome(at(4));
  assert.equal(h.socket.last("history").after, 9);
  await h.socket.history({ reset: true, messages: [], seq: 4 });
  h.cover([4, 5]);
  assert.deepEqual([h.seqs().at(-1), h.connection.positions], [5, at(5)]);
});

test("a welcome that live messages have overtaken raises no question", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  await h.reopen();
  h.cover([0, 9]);
  await h.socket.welcome(at(4));
  await h.wait(60_000);
  assert.deepEqual(h.questions(), []);
});

test("a hub that resets each time, or says more without going on, is asked ever later", async (t) => {
  for (const page of [{ reset: true, more: true, seq: 0 }, { more: true, seq: 1 }]) {
    await t.test(JSON.stringify(page), async (t) => {
      const h = await hub(t);
      await h.open(at(1));
      await h.reopen();
      await h.socket.welcome(at(5));
      for (let second = 0; second < 60; second++) {
        await h.socket.history(page);
        await h.wait(1000);
      }
      assert.ok(h.questions().length <= 11, `${h.questions().length} questions`);
      assert.deepEqual(h.codes(), ["history"]);
    });
  }
});

test("an answer without the field seq is understood by its messages", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  await h.socket.history({ messages: [message(2), message(4)], more: true });
  assert.equal(h.socket.last("history").after, 4);
  await h.socket.history({ messages: [message(5)] });
  assert.deepEqual(h.seqs(), [2, 4, 5]);
});

test("an answer that is none is asked for again", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(3));
  await h.socket.history({ messages: "x" });
  await h.wait(2000);
  await h.socket.history({ messages: [], epoch: "f", seq: 3 });
  await h.wait(4000);
  await h.socket.history({ messages: [null, message(2), 7], seq: 3 });
  assert.deepEqual([h.seqs(), h.connection.positions], [[2], at(3)]);
});

test("a welcome with odd positions is reported, and live messages flow", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  h.cover([1, 2]);
  await h.socket.welcome({ lobby: { epoch: "e", seq: "many" }, other: null });
  assert.deepEqual(h.codes(), ["bad_frame", "bad_frame"]);
  assert.deepEqual(h.seqs(), [2]);
});

test("rooms are independent, also ones that the welcome does not name", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  h.cover([2, 3], [6, 7, [7], { room_id: "other" }]);
  assert.deepEqual(h.got.map(({ seq }) => seq), [7]);
  await h.wait(2000);
  assert.deepEqual(h.questions().map(({ room_id }) => room_id), ["lobby"]);
});

test("a room that had no message yet is gone on with from its first", async (t) => {
  for (const [name, first, position] of [["covered", frame(0, 1), at(1)], ["without cover", { type: "messages", messages: [message(1)] }, at(1, "")]]) {
    await t.test(name, async (t) => {
      const h = await hub(t);
      await h.open(at(0, ""));
      h.socket.say(first);
      assert.deepEqual(h.connection.positions, position);
      await h.reopen();
      await h.socket.welcome(at(3));
      assert.deepEqual([h.socket.last("history").epoch, h.socket.last("history").after], [position.lobby.epoch, 1]);
      await h.socket.history(1, 3);
      assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2, 3], at(3)]);
    });
  }
});

test("positions of a page before are gone on from", async (t) => {
  const h = await hub(t, { positions: at(4) });
  await h.open(at(6));
  await h.socket.history(4, 6);
  assert.deepEqual(h.seqs(), [5, 6]);
});

test("during a callback the position is the one after its message, and close leaves it there", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  const positions = [];
  h.connection.subscribe("*", (_, { seq }) => {
    positions.push(h.connection.positions.lobby.seq);
    if (seq === 3) h.connection.close();
  });
  h.cover([3, 5], [0, 4]);
  assert.deepEqual([positions, h.seqs()], [[1, 2, 3], [1, 2, 3]]);
  assert.deepEqual(h.connection.positions, at(3));
});
