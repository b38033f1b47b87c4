import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../hermes.js";
import { hub, jwt, rejects, settle, START } from "./hub.js";

test("the token travels as a subprotocol", async (t) => {
  const h = await hub(t, { token: "a.b.c" });
  assert.equal(h.socket.url, "wss://hub.test/live");
  assert.deepEqual(h.socket.protocols, ["hermes.v1", "hermes.token.a.b.c"]);
});

for (const [transport, url, protocols] of [
  ["subprotocol", "wss://hub.test/live?x=1", ["hermes.v1", "hermes.token.a.b.c"]],
  ["query", "wss://hub.test/live?x=1&token=a.b.c", ["hermes.v1"]],
  ["classic", "wss://hub.test/live?x=1&token=a.b.c", undefined],
]) {
  test(`the token travels as asked: ${transport}`, async (t) => {
    const h = await hub(t, { token: "a.b.c", transport, url: "wss://hub.test/live?x=1" });
    assert.equal(h.socket.url, url);
    assert.deepEqual(h.socket.protocols, protocols);
  });
}

test("an https URL is taken for wss", async (t) => {
  const h = await hub(t, { url: "https://hub.test/live" });
  assert.equal(h.socket.url, "wss://hub.test/live");
});

test("connect refuses what is missing", () => {
  for (const options of [undefined, {}, { url: "wss://hub.test" }, { token: "t" }, { url: "wss://hub.test", token: "" }, { url: "wss://hub.test", token: 7 }]) {
    assert.throws(() => connect(options), { name: "TypeError", message: "hermes: connect needs url and token" });
  }
  assert.throws(() => connect({ url: "no url", token: "t" }), TypeError);
});

test("options that are undefined are as absent", async (t) => {
  const h = await hub(t, { positions: undefined, gap: undefined, order: undefined, queue: undefined, life: undefined, refusals: undefined });
  await h.open({ lobby: { epoch: "e", seq: 1 } });
  assert.deepEqual(h.connection.positions, { lobby: { epoch: "e", seq: 1 } });
});

test("states go from connecting to open to closed", async (t) => {
  const h = await hub(t);
  assert.deepEqual(h.connection.state, { name: "connecting" });
  await h.open();
  h.connection.close();
  assert.deepEqual(h.states, [{ name: "connecting" }, { name: "open" }, { name: "closed", why: "client" }]);
  assert.equal(h.socket.closed, true);
});

test("a watcher hears the state at once and until it ends", async (t) => {
  const h = await hub(t);
  const heard = [];
  const unwatch = h.connection.watch(({ name }) => heard.push(name));
  await h.open();
  unwatch();
  h.connection.close();
  assert.deepEqual(heard, ["connecting", "open"]);
});

test("a watcher that throws stops neither the others nor the connection", async (t) => {
  const h = await hub(t);
  h.connection.watch(() => {
    throw new Error("mine");
  });
  await h.open();
  assert.equal(h.states.at(-1).name, "open");
  assert.deepEqual(h.codes(), ["callback", "callback"]);
});

test("the welcome is the session", async (t) => {
  const heard = [];
  const h = await hub(t, { onwelcome: (session) => heard.push(session) });
  assert.equal(h.connection.session, null);
  await h.open({ lobby: { epoch: "e", seq: 7 } });
  assert.deepEqual(h.connection.session, { connectionId: "c1", userId: "ada", rooms: ["lobby"], expiresAt: 99 });
  assert.deepEqual(heard, [h.connection.session]);
  assert.deepEqual(h.connection.positions, { lobby: { epoch: "e", seq: 7 } });
});

test("a token function is called for the first connection and reused while it is good", async (t) => {
  let calls = 0;
  const h = await hub(t, { token: async () => jwt(3600, ++calls) });
  await h.open();
  await h.reopen();
  assert.equal(calls, 1);
  assert.equal(h.sockets[0].protocols[1], h.sockets[1].protocols[1]);
});

test("a token function is called again when the token is about to expire", async (t) => {
  let calls = 0;
  const h = await hub(t, { token: () => jwt(100, ++calls) });
  await h.open();
  await h.wait(50_000);
  h.socket.lose();
  await h.wait(1000);
  assert.equal(calls, 2);
});

test("a token function is called again after each refusal, and each time when its token says no end", async (t) => {
  let calls = 0;
  const h = await hub(t, { token: () => `opaque${++calls}` });
  h.socket.refuse();
  await settle();
  await h.wait(1000);
  assert.equal(h.socket.protocols[1], "hermes.token.opaque2");
  await h.open();
  await h.reopen();
  assert.equal(h.socket.protocols[1], "hermes.token.opaque3");
});

test("a token that is refused is not used again, however long it has left", async (t) => {
  let calls = 0;
  const h = await hub(t, { token: () => jwt(3600, ++calls) });
  h.socket.refuse();
  await settle();
  await h.wait(1000);
  assert.equal(calls, 2);
});

test("a watcher that closes the connection keeps the others from hearing what is no longer so", async (t) => {
  const h = await hub(t);
  const heard = [];
  h.connection.watch(({ name }) => name === "open" && h.connection.close());
  h.connection.watch(({ name }) => heard.push(name));
  await h.open(null);
  assert.deepEqual(heard, ["connecting", "closed"]);
});

test("a token function that fails is reported and called again", async (t) => {
  let calls = 0;
  const h = await hub(t, {
    token: async () => {
      if (++calls === 1) throw new Error("login is down");
      return "good";
    },
  });
  assert.deepEqual(h.codes(), ["token"]);
  assert.equal(h.errors[0].cause.message, "login is down");
  assert.deepEqual(h.states.at(-1), { name: "reconnecting", attempt: 1, retryAt: START + 1000 });
  await h.wait(1000);
  await h.open();
  assert.equal(h.connection.state.name, "open");
});

test("a token function that gives none closes the connection", async (t) => {
  const h = await hub(t, { token: async () => null });
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
  assert.equal(h.sockets.length, 0);
});

test("a token that is no token closes the connection", async (t) => {
  const h = await hub(t, { token: "two words" });
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
  assert.deepEqual(h.codes(), ["denied"]);
});

test("closing while the token is fetched opens nothing", async (t) => {
  let give;
  const h = await hub(t, { token: () => new Promise((resolve) => (give = resolve)) });
  h.connection.close();
  give("t");
  await settle();
  assert.equal(h.sockets.length, 0);
  assert.deepEqual(h.connection.state, { name: "closed", why: "client" });
});

test("close is final and may be repeated", async (t) => {
  const h = await hub(t);
  await h.open();
  h.connection.close();
  h.connection.close();
  await h.wait(3_600_000);
  assert.equal(h.sockets.length, 1);
  await rejects(h.connection.send(1), "closed");
});

test("without onerror faults go to the console", async (t) => {
  const warned = t.mock.method(console, "warn", () => {});
  const h = await hub(t, { onerror: undefined });
  await h.open();
  h.socket.say("{");
  assert.equal(warned.mock.calls[0].arguments[0].message, "hermes: a frame is not JSON");
});

test("an onerror that throws is survived", async (t) => {
  const logged = t.mock.method(console, "error", () => {});
  const h = await hub(t, {
    onerror: () => {
      throw new Error("mine");
    },
  });
  await h.open();
  h.socket.say("{");
  assert.equal(logged.mock.callCount(), 1);
  assert.equal(h.connection.state.name, "open");
});
