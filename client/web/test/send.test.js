import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, rejects, settle } from "./hub.js";

const sends = (socket) => socket.sent.filter(({ action }) => action === "sendMessage");

test("send resolves when the hub has accepted it", async (t) => {
  const h = await hub(t);
  await h.open();
  let accepted = false;
  const sending = h.connection.send({ type: "note" }, { room: "lobby" }).then(() => (accepted = true));
  const [{ ref, id, ...frame }] = sends(h.socket);
  assert.deepEqual(frame, { action: "sendMessage", room_id: "lobby", data: { type: "note" } });
  assert.match(id, /^[0-9a-f]{32}$/);
  await settle();
  assert.equal(accepted, false);
  h.socket.say({ type: "ok", ref });
  await sending;
  assert.equal(accepted, true);
});

test("without a room the frame names none, and an id of one's own is kept", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = h.connection.send(undefined, { id: "mine" });
  const [{ ref, ...frame }] = sends(h.socket);
  assert.deepEqual(frame, { action: "sendMessage", id: "mine", data: null });
  h.socket.say({ type: "ok", ref });
  await sending;
});

test("send rejects with the server's error", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = h.connection.send(1, { room: "other" });
  h.socket.say({ type: "error", ref: sends(h.socket)[0].ref, code: "forbidden", message: "the token does not open room \"other\"" });
  await assert.rejects(sending, { name: "HermesError", code: "forbidden", message: 'the token does not open room "other"' });
  assert.deepEqual(h.errors, []);
});

test("answers find their sends in any order", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = [1, 2, 3].map((n) => h.connection.send(n));
  const [a, b, c] = sends(h.socket);
  h.socket.say({ type: "ok", ref: c.ref });
  h.socket.say({ type: "error", ref: a.ref, code: "unavailable", message: "" });
  h.socket.say({ type: "ok", ref: b.ref });
  await rejects(sending[0], "unavailable");
  await Promise.all(sending.slice(1));
});

test("what is sent before the connection is open waits, in order, after hello", async (t) => {
  const h = await hub(t);
  h.connection.send("a");
  h.connection.send("b");
  const sockets = h.sockets;
  h.connection.watch(({ name }) => name === "open" && sockets.length === 1 && h.connection.send("c"));
  await h.open();
  assert.deepEqual(h.socket.sent.map(({ action, data }) => data ?? action), ["hello", "a", "b", "c"]);
  for (const { ref } of sends(h.socket)) h.socket.say({ type: "ok", ref });
});

test("a send whose answer was lost is sent again under the same id", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = h.connection.send("a");
  await h.reopen();
  const [[first], [again]] = h.sockets.map(sends);
  assert.deepEqual(again, first);
  h.socket.say({ type: "ok", ref: again.ref });
  await sending;
  await h.reopen();
  assert.deepEqual(sends(h.socket), []);
});

test("what is sent while reconnecting waits, up to a bound", async (t) => {
  const h = await hub(t, { queue: 2 });
  await h.open();
  h.socket.lose();
  const waiting = [h.connection.send("a"), h.connection.send("b")];
  await rejects(h.connection.send("c"), "queue_full");
  await h.wait(1000);
  await h.open();
  assert.deepEqual(sends(h.socket).map(({ data }) => data), ["a", "b"]);
  for (const { ref } of sends(h.socket)) h.socket.say({ type: "ok", ref });
  await Promise.all(waiting);
  const more = h.connection.send("d");
  h.socket.say({ type: "ok", ref: h.socket.last("sendMessage").ref });
  await more;
});

test("a hundred may wait unless said otherwise", async (t) => {
  const h = await hub(t);
  const waiting = Array.from({ length: 100 }, (_, n) => h.connection.send(n));
  await rejects(h.connection.send(100), "queue_full");
  h.connection.close();
  await Promise.all(waiting.map((sending) => rejects(sending, "closed")));
});

test("an answer that does not come makes it be sent again, in the end rejected", async (t) => {
  const h = await hub(t);
  await h.open();
  const sending = h.connection.send("a");
  const rejected = rejects(sending, "timeout");
  for (let i = 0; i < 5; i++) await h.wait(31_000);
  await rejected;
  assert.equal(sends(h.socket).length, 5);
  assert.equal(new Set(sends(h.socket).map(({ id }) => id)).size, 1);
});

test("a message that breaks each connection is given up", async (t) => {
  const h = await hub(t);
  await h.open();
  const rejected = rejects(h.connection.send("poison"), "timeout");
  for (let i = 0; i < 5; i++) await h.reopen();
  await rejected;
  await h.reopen();
  assert.deepEqual(sends(h.socket), []);
});

test("closing rejects what waits", async (t) => {
  const h = await hub(t);
  const waiting = h.connection.send("a");
  h.connection.close();
  await rejects(waiting, "closed");
});

test("a frame that the gateway would not take is rejected before it is sent", async (t) => {
  const h = await hub(t);
  await h.open();
  await rejects(h.connection.send("ü".repeat(16_384)), "too_large");
  assert.deepEqual(sends(h.socket), []);
  const sending = h.connection.send("x".repeat(31_000));
  h.socket.say({ type: "ok", ref: sends(h.socket)[0].ref });
  await sending;
});

test("data that is no JSON is rejected", async (t) => {
  const h = await hub(t);
  await h.open();
  const circle = {};
  circle.circle = circle;
  await rejects(h.connection.send(circle), "bad_request");
  await rejects(h.connection.send(1n), "bad_request");
});

test("a socket that throws on sending is survived", async (t) => {
  const h = await hub(t);
  await h.open();
  h.socket.send = () => {
    throw new Error("InvalidStateError");
  };
  const sending = h.connection.send("a");
  await h.reopen();
  h.socket.say({ type: "ok", ref: sends(h.socket)[0].ref });
  await sending;
});
