import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, message, settle } from "./hub.js";

const say = (h, ...messages) => h.socket.say({ type: "messages", messages });

test("subscribers get the messages of their type, and * gets all", async (t) => {
  const h = await hub(t);
  await h.open();
  const got = [];
  h.connection.subscribe("order", (data, m) => got.push(["order", data.n, m.user_id]));
  h.connection.subscribe("note", (data) => got.push(["note", data.n]));
  h.connection.subscribe("order", (data) => got.push(["again", data.n]));
  say(h, message(1, { type: "order", n: 1 }), message(2, { type: "note", n: 2 }), message(3, { n: 3 }), message(4, null), message(5, "text"));
  assert.deepEqual(got, [["order", 1, "bob"], ["again", 1], ["note", 2]]);
  assert.deepEqual(h.seqs(), [1, 2, 3, 4, 5]);
});

test("a message of type * comes once, and types named as Object's own are no others", async (t) => {
  const h = await hub(t);
  await h.open();
  const got = [];
  h.connection.subscribe("constructor", (data) => got.push(data.type));
  h.connection.subscribe("__proto__", (data) => got.push(data.type));
  h.socket.say('{"type":"messages","messages":[{"id":"1","data":{"type":"*"}},{"id":"2","data":{"type":"constructor"}},{"id":"3","data":{"type":"__proto__"}}]}');
  assert.deepEqual(got, ["constructor", "__proto__"]);
  assert.equal(h.got.length, 3);
});

test("unsubscribing ends one subscription, also during a message, and may be repeated", async (t) => {
  const h = await hub(t);
  await h.open();
  const got = [];
  const callback = (data) => got.push(data.n);
  const first = h.connection.subscribe("note", callback);
  h.connection.subscribe("note", callback);
  const self = h.connection.subscribe("note", () => self());
  say(h, message(1));
  first();
  first();
  say(h, message(2));
  assert.deepEqual(got, [1, 1, 2]);
});

test("a subscriber that throws is reported and stops nobody", async (t) => {
  const h = await hub(t);
  await h.open();
  const thrown = new Error("mine");
  const got = [];
  h.connection.subscribe("note", () => {
    throw thrown;
  });
  h.connection.subscribe("note", (data) => got.push(data.n));
  say(h, message(1), message(2));
  assert.deepEqual(got, [1, 2]);
  assert.deepEqual(h.codes(), ["callback", "callback"]);
  assert.equal(h.errors[0].cause, thrown);
});

test("a message comes once, by its number in its room", async (t) => {
  const h = await hub(t);
  await h.open();
  say(h, message(1), message(1));
  say(h, message(1), message(2), message(1, undefined, { room_id: "other" }));
  assert.deepEqual(h.got.map(({ room_id, seq }) => [room_id, seq]), [["lobby", 1], ["lobby", 2], ["other", 1]]);
});

test("classic frames are understood", async (t) => {
  const h = await hub(t, { transport: "classic" });
  await h.open();
  h.socket.say({ user_id: "bob", data: { type: "note", n: 1 } });
  h.socket.say({ user_id: "bob", data: { type: "note", n: 1 } });
  h.socket.say({ user_id: "bob", data: { type: "note", n: 2 }, room_id: "lobby", id: "x", seq: 1, time: 3 });
  h.socket.say({ user_id: "bob", data: { type: "note", n: 2 }, room_id: "lobby", id: "x", seq: 1, time: 3 });
  assert.deepEqual(h.got.map((m) => m.data.n), [1, 1, 2], "without a number nothing is taken for a repeat");
});

test("a hub of the classic kind, which knows no hello, is good enough", async (t) => {
  const h = await hub(t, { transport: "classic" });
  await h.open(null);
  h.socket.say({ message: "Internal server error", connectionId: "c", requestId: "r" });
  await h.wait(10 * 60_000);
  assert.equal(h.connection.state.name, "open");
  assert.deepEqual(h.codes(), ["gateway", "gateway"]);
  h.socket.say({ user_id: "bob", data: 1 });
  say(h, message(7), message(8), message(8));
  assert.deepEqual(h.seqs(), [undefined, 7, 8]);
  assert.equal(h.socket.sent.filter(({ action }) => action === "hello").length, 1);
});

for (const [name, frame, code] of [
  ["is not JSON", "{", "bad_frame"],
  ["is empty", "", "bad_frame"],
  ["is a number", "7", "bad_frame"],
  ["is null", "null", "bad_frame"],
  ["is a list", "[]", "bad_frame"],
  ["is oversized", `{"type":"messages","messages":[{"id":"x","data":"${"x".repeat(140_000)}"}]}`, "bad_frame"],
  ["has messages that are no list", '{"type":"messages","messages":{}}', "bad_frame"],
  ["has no messages", '{"type":"messages"}', "bad_frame"],
  ["has an unknown type", '{"type":"surprise"}', "unknown_type"],
  ["has a type that is no text", '{"type":{}}', "unknown_type"],
  ["is the gateway's own", '{"message":"Forbidden","connectionId":"c","requestId":"r"}', "gateway"],
  ["is an error of nobody", '{"type":"error","code":"bad_request","message":"what?"}', "bad_request"],
  ["is an error without anything", '{"type":"error"}', "undefined"],
]) {
  test(`a frame that ${name} is survived and reported`, async (t) => {
    const h = await hub(t);
    await h.open();
    h.socket.say(frame);
    assert.deepEqual(h.codes(), [code]);
    say(h, message(1));
    assert.deepEqual(h.seqs(), [1]);
  });
}

test("a binary frame is survived and reported", async (t) => {
  const h = await hub(t);
  await h.open();
  h.socket.onmessage({ data: new ArrayBuffer(4) });
  assert.deepEqual(h.codes(), ["bad_frame"]);
});

test("answers to nothing that was asked are ignored", async (t) => {
  const h = await hub(t);
  await h.open();
  for (const frame of [{ type: "ok" }, { type: "ok", ref: "s99" }, { type: "pong" }, { type: "welcome" }, { type: "history", ref: {} }]) h.socket.say(frame);
  await settle();
  assert.deepEqual(h.errors, []);
  assert.equal(h.connection.state.name, "open");
});

test("messages that are no objects are reported, the others come", async (t) => {
  const h = await hub(t);
  await h.open();
  h.socket.say({ type: "messages", messages: [null, 7, "x", [], message(1), {}] });
  assert.deepEqual(h.codes(), ["bad_frame", "bad_frame", "bad_frame", "bad_frame"]);
  assert.equal(h.got.length, 2);
});

test("the connection is an async iterator of all messages until it is closed", async (t) => {
  const h = await hub(t);
  await h.open();
  const got = [];
  const done = (async () => {
    for await (const m of h.connection) got.push(m.seq);
  })();
  say(h, message(1), message(2));
  await settle();
  say(h, message(3));
  await settle();
  h.connection.close();
  await done;
  assert.deepEqual(got, [1, 2, 3]);
});

test("an iterator of a type gives what came before the close, then ends", async (t) => {
  const h = await hub(t);
  await h.open();
  const notes = h.connection.messages("note");
  say(h, message(1), message(2, { type: "order" }), message(3));
  h.connection.close();
  const got = [];
  for await (const m of notes) got.push(m.seq);
  assert.deepEqual(got, [1, 3]);
  assert.deepEqual(await h.connection.messages().next(), { value: undefined, done: true });
});

test("leaving the loop ends the iterator", async (t) => {
  const h = await hub(t);
  await h.open();
  const notes = h.connection.messages("note");
  say(h, message(1), message(2));
  for await (const m of notes) {
    assert.equal(m.seq, 1);
    break;
  }
  say(h, message(3));
  assert.deepEqual(await notes.next(), { value: undefined, done: true });
});

test("several takers of an iterator are served in order", async (t) => {
  const h = await hub(t);
  await h.open();
  const notes = h.connection.messages("note");
  const takers = [notes.next(), notes.next()];
  say(h, message(1), message(2));
  assert.deepEqual((await Promise.all(takers)).map(({ value }) => value.seq), [1, 2]);
});

test("an iterator that nobody reads is bounded", async (t) => {
  const h = await hub(t);
  await h.open();
  const notes = h.connection.messages("note");
  for (let seq = 1; seq <= 4097; seq++) say(h, message(seq));
  assert.deepEqual(h.codes(), ["overflow"]);
  assert.equal((await notes.next()).value.seq, 2);
});
