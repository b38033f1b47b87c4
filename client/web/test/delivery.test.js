// What once lost, repeated or reordered messages, each as a scenario of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, hub, message, settle } from "./hub.js";

const at = (seq, epoch = "e") => ({ lobby: { epoch, seq } });
const upTo = (seq, from = 1) => Array.from({ length: seq - from + 1 }, (_, n) => from + n);
const crash = { message: "Internal server error", connectionId: "c", requestId: "r" };

test("a number that history does not have yet is not stepped over: its row comes late, and so does the message", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 4], [5, 6]);
  await h.reopen();
  await h.socket.welcome(at(6));
  await h.socket.history(4, 4); // a row that is written after its number was given
  assert.deepEqual(h.connection.positions, at(4));
  await h.reopen();
  await h.socket.welcome(at(6));
  await h.socket.history(4, 6);
  assert.deepEqual(h.seqs(), upTo(6));
});

test("however many come after a gap, the position stays before it until history fills it", async (t) => {
  const h = await hub(t);
  await h.open(at(4));
  for (let seq = 6; seq <= 205; seq++) h.cover([seq - 1, seq]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[], at(4)]);
  await h.wait(2000);
  assert.equal(h.socket.last("history").after, 4);
  await h.socket.history(4, 10);
  assert.deepEqual(h.seqs(), upTo(205, 5));
});

test("a post that was given up for this connection is fetched, without a reconnect", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 4], [5, 6]);
  await h.wait(2000);
  await h.socket.history(4, 6);
  assert.deepEqual([h.seqs(), h.sockets.length], [upTo(6), 1]);
});

test("a hub in trouble at a reconnect: hello and history fail for 20 seconds, live messages come, nothing is lost", async (t) => {
  const h = await hub(t);
  await h.open(at(3));
  await h.reopen();
  h.cover([8, 9]);
  for (let second = 0; second < 20; second++) {
    const last = h.socket.sent.at(-1);
    h.socket.say(second % 2 ? crash : { type: "error", ref: last.ref, code: "unavailable", message: "DynamoDB is down" });
    h.cover([9 + second, 10 + second]);
    await h.wait(1000);
  }
  assert.deepEqual([h.seqs(), h.connection.positions], [[], at(3)]);
  await h.wait(8000);
  await h.socket.history(3, 8);
  assert.deepEqual(h.seqs(), upTo(29, 4));
  await h.wait(8000);
  await h.socket.welcome(at(29));
  assert.equal(h.connection.state.name, "open");
});

test("the same while connected: questions fail, messages wait, the gap closes in the end", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([1, 2]);
  for (let second = 0; second < 30; second++) {
    if (h.socket.last("history")) await h.socket.fail("history");
    h.cover([2 + second, 3 + second]);
    await h.wait(1000);
  }
  assert.deepEqual(h.seqs(), []);
  await h.wait(8000);
  await h.socket.history(0, 1);
  assert.deepEqual(h.seqs(), upTo(32));
});

test("a counter that started over is a reset, whatever the client's position was", async (t) => {
  for (const before of [at(7), at(7, ""), at(0)]) {
    await t.test(JSON.stringify(before), async (t) => {
      const resets = [];
      const h = await hub(t, { positions: before, onreset: (room) => resets.push(room) });
      await h.open(at(2, "f"));
      await h.socket.history({ epoch: "f", reset: true, messages: [message(1), message(2)], seq: 2 });
      assert.deepEqual([resets, h.seqs(), h.connection.positions], [["lobby"], [1, 2], at(2, "f")]);
    });
  }
});

test("a counter that starts over while the connection is open is found by the first frame, which waits for the reset", async (t) => {
  const resets = [];
  const h = await hub(t, { onreset: () => resets.push(h.seqs()) });
  await h.open(at(7));
  h.cover([0, 1, [1], { epoch: "f" }]);
  assert.deepEqual([h.seqs(), h.connection.positions], [[], at(7)]);
  await h.socket.history({ epoch: "f", reset: true, messages: [message(1)], seq: 1 });
  assert.deepEqual([resets, h.seqs(), h.connection.positions], [[[]], [1], at(1, "f")]);
  h.cover([1, 2, [2], { epoch: "f" }], [6, 8, [7, 8]]);
  await h.socket.history({ epoch: "f", messages: [], seq: 2 });
  assert.deepEqual([resets.length, h.seqs(), h.connection.positions], [1, [1, 2], at(2, "f")], "a frame of the old epoch changes nothing");
  await h.wait(60_000);
  assert.equal(h.questions().length, 2, "what was in doubt is answered");
});

test("a room that starts over while a question is out is asked about once more", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([1, 2]);
  await h.wait(2000);
  h.cover([0, 1, [1], { epoch: "f" }]);
  await h.socket.history(0, 2);
  assert.deepEqual([h.socket.last("history").epoch, h.socket.last("history").after], ["e", 2]);
  await h.socket.history({ epoch: "f", reset: true, messages: [message(1)], seq: 1 });
  assert.deepEqual([h.seqs(), h.connection.positions], [[1, 2, 1], at(1, "f")]);
});

test("a record that was delivered at its sixth attempt is not missed by a connection that stayed open", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover([0, 1], [2, 3]);
  for (const wait of [2000, 2000]) {
    await h.wait(wait);
    await h.socket.history(1, 1);
  }
  await h.wait(1000);
  h.cover([1, 2]);
  assert.deepEqual(h.seqs(), [1, 2, 3]);
  await h.wait(60_000);
  assert.equal(h.questions().length, 2);
});

test("first numbers that are for others or for nobody are no reset", async (t) => {
  const resets = [];
  const h = await hub(t, { positions: at(0, ""), onreset: (room) => resets.push(room) });
  await h.open(at(4));
  await h.socket.history(0, 4, [3, 4]);
  h.cover([4, 6, [6]]);
  assert.deepEqual([resets, h.seqs(), h.connection.positions], [[], [3, 4, 6], at(6)]);
});

for (const order of ["seq", "arrival"]) {
  test(`a page that ends while a number is missing shows nothing twice on the next one, in order of ${order}`, async (t) => {
    const first = await hub(t, { order });
    await first.open(at(0));
    first.cover([0, 3], ...upTo(40, 5).map((seq) => [seq - 1, seq]));
    first.connection.close();
    const positions = JSON.parse(JSON.stringify(first.connection.positions));
    const second = await hub(t, { order, positions });
    await second.open(at(40));
    await second.socket.history(3, 40);
    assert.deepEqual([...first.seqs(), ...second.seqs()].sort((a, b) => a - b), upTo(40));
    assert.deepEqual(second.connection.positions, at(40));
  });
}

test("a page that ends during any callback goes on with the next message", async (t) => {
  const numbers = [1, 2, 3, 6, 7, 8, 9];
  for (const last of numbers) {
    await t.test(`after ${last}`, async (t) => {
      const first = await hub(t);
      await first.open(at(0));
      let positions;
      first.connection.subscribe("*", (_, { seq }) => {
        if (seq !== last) return;
        positions = first.connection.positions;
        first.connection.close();
      });
      first.cover([6, 9], [0, 2], [2, 6, [3, 6]]);
      assert.equal(first.seqs().at(-1), last);
      const second = await hub(t, { positions });
      await second.open(at(9));
      if (last < 9) await second.socket.history(last, 9, numbers.filter((seq) => seq > last));
      assert.deepEqual([...first.seqs(), ...second.seqs()], numbers);
    });
  }
});

test("a repeat is dropped by its number, however long ago it was", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  for (let seq = 1; seq <= 10_000; seq++) h.cover([seq - 1, seq]);
  h.cover([0, 1], [9998, 9999], [4, 200]);
  assert.equal(h.got.length, 10_000);
});

test("messages are in the order of their numbers, whatever order they come in", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  h.cover(...[7, 2, 9, 1, 5, 3, 10, 4, 8, 6].map((seq) => [seq - 1, seq]));
  assert.deepEqual(h.seqs(), upTo(10));
});

test("what a client sends at once is not numbered before the position that it begins with", async (t) => {
  const h = await hub(t);
  await h.open(null);
  h.connection.send("first");
  assert.equal(h.socket.last("sendMessage"), undefined);
  await h.socket.welcome(at(7));
  assert.equal(h.socket.last("sendMessage").data, "first");
  h.socket.say({ type: "ok", ref: h.socket.last("sendMessage").ref });
  h.cover([7, 8]);
  assert.deepEqual(h.seqs(), [8]);
});

test("a hello that fails lets sends go all the same", async (t) => {
  const h = await hub(t);
  await h.open(null);
  h.connection.send("first");
  await h.socket.fail("hello");
  h.socket.say({ type: "ok", ref: h.socket.last("sendMessage").ref });
});

test("a send whose function crashed is sent again within seconds, under its id", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = h.connection.send("a");
  h.socket.say(crash);
  await h.wait(2000);
  const sends = h.socket.sent.filter(({ action }) => action === "sendMessage");
  assert.deepEqual(sends[0], sends[1]);
  h.socket.say({ type: "ok", ref: sends[1].ref });
  await sending;
  await h.wait(60_000);
  assert.equal(h.socket.last("sendMessage"), sends[1]);
});

test("a redeploy under load with a notice before: no gap, no repeat, no question, no pause", async (t) => {
  const h = await hub(t, { random: () => 0.5 });
  await h.open(at(0));
  const [old] = h.sockets;
  old.say({ type: "reconnect", within: 4 });
  let seq = 0;
  const publish = (...sockets) => (seq++, sockets.forEach((socket) => socket.closed || socket.say(frame(seq - 1, seq))));
  for (let n = 0; n < 20; n++) {
    publish(old);
    await h.wait(100);
  }
  const [, next] = h.sockets;
  next.accept();
  await settle();
  publish(old, next);
  publish(next, old);
  publish(next); // its post to the old connection is still on its way
  await next.welcome(at(seq));
  publish(next, old);
  old.lose();
  publish(next);
  assert.deepEqual(h.seqs(), upTo(seq));
  assert.deepEqual([h.questions(), h.errors, h.states.map(({ name }) => name)], [[], [], ["connecting", "open"]]);
});
