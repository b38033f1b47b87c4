import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, message } from "./hub.js";

const at = (seq, epoch = "e") => ({ lobby: { epoch, seq } });
const live = (h, ...seqs) => h.socket.say({ type: "messages", messages: seqs.map((seq) => message(seq)) });
const page = (...seqs) => ({ messages: seqs.map((seq) => message(seq)), seq: seqs.at(-1) });

test("the first connection asks for no history", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  assert.equal(h.socket.last("history"), undefined);
});

test("nothing is asked for when nothing was missed", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  live(h, 8, 9);
  await h.reopen();
  await h.socket.welcome(at(9));
  assert.equal(h.socket.last("history"), undefined);
  live(h, 10);
  assert.deepEqual(h.seqs(), [8, 9, 10]);
});

test("what was missed comes first and in order, what came meanwhile after it, and nothing twice", async (t) => {
  const h = await hub(t);
  await h.open(at(7));
  live(h, 8);
  await h.reopen();
  live(h, 13);
  await h.socket.welcome(at(12));
  const { ref, ...question } = h.socket.last("history");
  assert.deepEqual(question, { action: "history", room_id: "lobby", epoch: "e", after: 8 });
  live(h, 12, 15, 14);
  assert.deepEqual(h.seqs(), [8], "live messages wait");
  await h.socket.history({ ...page(9, 11, 10), seq: 11, more: true });
  assert.deepEqual(h.seqs(), [8, 9, 10, 11]);
  assert.equal(h.socket.last("history").after, 11);
  await h.socket.history(page(12, 13));
  assert.deepEqual(h.seqs(), [8, 9, 10, 11, 12, 13, 14, 15]);
  live(h, 16);
  assert.equal(h.got.at(-1).seq, 16, "live messages flow again");
  assert.deepEqual(h.connection.positions, at(16));
});

test("a gap is asked for again: its messages may have been late", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  live(h, 1, 2, 4, 5);
  assert.deepEqual(h.connection.positions, at(2));
  await h.reopen();
  await h.socket.welcome(at(5));
  assert.equal(h.socket.last("history").after, 2);
  await h.socket.history(page(3, 4, 5));
  assert.deepEqual(h.seqs(), [1, 2, 4, 5, 3]);
  assert.deepEqual(h.connection.positions, at(5));
});

test("late messages close their gap", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  live(h, 3, 2, 1, 4);
  assert.deepEqual(h.connection.positions, at(4));
});

test("a gap counts as settled once much has come after it", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  for (let seq = 2; seq <= 65; seq++) live(h, seq);
  assert.deepEqual(h.connection.positions, at(0));
  live(h, 66);
  assert.deepEqual(h.connection.positions, at(66));
});

test("the position moves over what came before the gap that history closes, and never back", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  live(h, 3);
  await h.reopen();
  await h.socket.welcome(at(3));
  await h.socket.history({ messages: [], seq: 2 });
  assert.deepEqual(h.connection.positions, at(3));
  await h.reopen();
  await h.socket.welcome(at(9));
  await h.socket.history({ messages: [], seq: 1 });
  assert.deepEqual(h.connection.positions, at(3));
  live(h, 1);
  assert.deepEqual(h.connection.positions, at(3));
});

test("what waited outlives a lost connection, also when there is no history", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  live(h, 6);
  await h.reopen();
  await h.socket.welcome(at(6));
  await h.socket.history({ reset: true, messages: [], seq: 6 });
  assert.deepEqual(h.seqs(), [6]);
});

test("messages for others leave gaps that history settles", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  await h.reopen();
  await h.socket.welcome(at(9));
  await h.socket.history({ messages: [message(2)], seq: 9 });
  assert.deepEqual(h.connection.positions, at(9));
});

test("a reset is told before what is left, and the room goes on from there", async (t) => {
  const resets = [];
  const h = await hub(t, { onreset: (room) => resets.push([room, h.got.length]) });
  await h.open(at(100));
  await h.reopen();
  await h.socket.welcome(at(3, "f"));
  assert.deepEqual(h.socket.last("history").epoch, "e");
  const fresh = [2, 3].map((seq) => message(seq, {}, { id: `f${seq}` }));
  await h.socket.history({ epoch: "f", reset: true, messages: fresh, seq: 3 });
  assert.deepEqual(resets, [["lobby", 0]]);
  assert.deepEqual(h.seqs(), [2, 3]);
  assert.deepEqual(h.connection.positions, at(3, "f"));
  await h.reopen();
  await h.socket.welcome(at(4, "f"));
  assert.deepEqual([h.socket.last("history").epoch, h.socket.last("history").after], ["f", 3]);
});

test("a hub that resets each time, or says more without going on, is left alone", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  for (let i = 0; i < 9; i++) await h.socket.history({ reset: true, more: true, messages: [], seq: 0 });
  assert.deepEqual(h.codes(), ["history"]);
  assert.equal(h.socket.sent.filter(({ action }) => action === "history").length, 4);
  await h.reopen();
  await h.socket.welcome(at(5));
  for (let i = 0; i < 9; i++) await h.socket.history({ more: true, messages: [], seq: 0 });
  assert.equal(h.socket.sent.filter(({ action }) => action === "history").length, 1);
  live(h, 6);
  assert.deepEqual(h.seqs(), [6]);
});

test("a hub without the field seq is understood by its messages", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  await h.socket.history({ messages: [message(2), message(4)], more: true });
  assert.equal(h.socket.last("history").after, 4);
  await h.socket.history({ messages: [message(5)] });
  assert.deepEqual(h.seqs(), [2, 4, 5]);
});

test("a question that fails is asked again, later each time, and in the end live messages flow", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  live(h, 6);
  const refs = new Set();
  for (const wait of [2000, 4000, 8000, 9000]) {
    const { ref } = h.socket.last("history");
    refs.add(ref);
    h.socket.say({ type: "error", ref, code: "unavailable", message: "the hub could not answer" });
    await h.wait(0);
    await h.wait(wait - 1);
    assert.equal(h.socket.last("history").ref, ref, "not yet");
    await h.wait(1);
  }
  assert.equal(refs.size, 4);
  assert.deepEqual(h.codes(), ["history"]);
  assert.equal(h.errors[0].message, "hermes: messages of lobby may be missing: the hub could not answer");
  assert.deepEqual(h.seqs(), [6]);
  assert.deepEqual(h.connection.positions, at(1), "the next connection asks for them again");
});

test("a connection lost while it catches up loses nothing", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(5));
  live(h, 6);
  await h.socket.history({ ...page(2, 3), more: true });
  await h.reopen();
  live(h, 7);
  await h.socket.welcome(at(7));
  assert.equal(h.socket.last("history").after, 3);
  await h.socket.history(page(4, 5, 6));
  assert.deepEqual(h.seqs(), [2, 3, 4, 5, 6, 7]);
});

test("too many live messages while it catches up are fetched instead of kept", async (t) => {
  const h = await hub(t);
  await h.open(at(0));
  await h.reopen();
  await h.socket.welcome(at(1));
  const sent = Array.from({ length: 6000 }, (_, n) => n + 1);
  for (const seq of sent.slice(1)) live(h, seq);
  await h.socket.history(page(1));
  assert.equal(h.socket.last("history").after, 1);
  while (h.connection.positions.lobby.seq < 6000) {
    const { after } = h.socket.last("history");
    await h.socket.history({ ...page(...sent.slice(after, after + 500)), more: after < 5500 });
  }
  assert.deepEqual(h.seqs(), sent);
});

test("a page of history that is none is asked for again", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  await h.socket.welcome(at(3));
  await h.socket.history({ messages: "x" });
  await h.wait(2000);
  await h.socket.history({ messages: [null, message(2), 7], seq: 3 });
  assert.deepEqual(h.seqs(), [2]);
});

test("a welcome with odd positions is reported, and live messages flow", async (t) => {
  const h = await hub(t);
  await h.open(at(1));
  await h.reopen();
  live(h, 2);
  await h.socket.welcome({ lobby: { epoch: "e", seq: "many" }, other: null });
  assert.deepEqual(h.codes(), ["bad_frame", "bad_frame"]);
  assert.deepEqual(h.seqs(), [2]);
});

test("positions of a page before are gone on from", async (t) => {
  const h = await hub(t, { positions: at(4) });
  await h.open(at(6));
  assert.equal(h.socket.last("history").after, 4);
  await h.socket.history(page(5, 6));
  assert.deepEqual(h.seqs(), [5, 6]);
});

test("a room that had no message yet is gone on with from its first", async (t) => {
  const h = await hub(t);
  await h.open(at(0, ""));
  live(h, 1);
  await h.reopen();
  await h.socket.welcome(at(3, "e"));
  const { epoch, after } = h.socket.last("history");
  assert.deepEqual([epoch, after], ["", 1]);
  await h.socket.history(page(2, 3));
  assert.deepEqual(h.connection.positions, at(3));
});
