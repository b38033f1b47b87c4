import assert from "node:assert/strict";
import { test } from "node:test";
import { hub, jwt, settle, START } from "./hub.js";

const MINUTE = 60_000;

test("delays double up to the cap, are random between nothing and that, and are told", async (t) => {
  let share = 1;
  const h = await hub(t, { random: () => share });
  h.reachable = false;
  const told = [];
  for (const next of [1, 1, 1, 1, 1, 1, 1, 0.5, 0]) {
    share = next;
    h.socket.refuse();
    await settle();
    const { attempt, retryAt } = h.connection.state;
    told.push([attempt, retryAt - Date.now()]);
    await h.wait(retryAt - Date.now());
    assert.deepEqual(h.connection.state, { name: "reconnecting", attempt, retryAt: null });
  }
  assert.deepEqual(told, [[1, 1000], [2, 2000], [3, 4000], [4, 8000], [5, 16000], [6, 30000], [7, 30000], [8, 15000], [9, 0]]);
});

test("an error that no close follows is a failed handshake, and one that a close follows is counted once", async (t) => {
  const h = await hub(t);
  h.reachable = false;
  h.socket.readyState = 0;
  h.socket.onerror({});
  await settle();
  assert.deepEqual(h.connection.state, { name: "reconnecting", attempt: 1, retryAt: START + 1000 });
  await h.wait(1000);
  h.socket.readyState = 3;
  h.socket.refuse();
  await settle();
  assert.equal(h.connection.state.attempt, 2);
});

test("a connection that is lost at once does not start over with short delays; one that lived does", async (t) => {
  const h = await hub(t);
  await h.open();
  h.socket.lose();
  await h.wait(1000);
  await h.open();
  await h.wait(4999);
  h.socket.lose();
  assert.equal(h.connection.state.attempt, 2);
  await h.wait(2000);
  await h.open();
  await h.wait(5000);
  h.socket.lose();
  assert.equal(h.connection.state.attempt, 1);
});

for (const code of [1000, 1001, 1005, 1006, 1011]) {
  test(`a close with ${code} that the page did not ask for is followed by another connection`, async (t) => {
    const h = await hub(t);
    await h.open();
    h.socket.lose(code);
    assert.deepEqual(h.connection.state, { name: "reconnecting", attempt: 1, retryAt: START + 1000 });
    await h.wait(1000);
    assert.equal(h.sockets.length, 2);
  });
}

test("a server that cannot be reached is tried without end", async (t) => {
  const h = await hub(t);
  h.reachable = false;
  for (let tries = 0; tries < 50; tries++) {
    h.socket.refuse();
    await settle();
    await h.wait(30_000);
  }
  assert.equal(h.sockets.length, 51);
  assert.equal(h.connection.state.name, "reconnecting");
});

test("a bound on the tries closes it for the network", async (t) => {
  const h = await hub(t, { attempts: 2 });
  h.reachable = false;
  for (const wait of [1000, 2000, 4000]) {
    h.socket.refuse();
    await settle();
    await h.wait(wait);
  }
  assert.deepEqual(h.connection.state, { name: "closed", why: "network" });
  assert.equal(h.sockets.length, 3);
});

test("a token refused three times by a server that is there is denied, and never tried again", async (t) => {
  const h = await hub(t);
  for (const wait of [1000, 2000, 4000]) {
    h.socket.refuse();
    await settle();
    await h.wait(wait);
  }
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
  assert.equal(h.errors.at(-1).message, "hermes: the server refused the token 3 times");
  await h.wait(60 * MINUTE);
  assert.equal(h.sockets.length, 3);
});

test("failures to reach the server in between are no refusals", async (t) => {
  const h = await hub(t);
  for (const reachable of [true, true, false, false, false]) {
    h.reachable = reachable;
    h.socket.refuse();
    await settle();
    await h.wait(30_000);
  }
  assert.equal(h.connection.state.name, "reconnecting");
  h.reachable = true;
  h.socket.refuse();
  await settle();
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
});

test("a client that was let in before gets four times as many refusals", async (t) => {
  const h = await hub(t, { token: () => jwt(100_000) });
  await h.open();
  h.socket.lose();
  let refusals = 0;
  while (h.connection.state.name !== "closed") {
    await h.wait(30_000);
    h.socket.refuse();
    await settle();
    refusals++;
  }
  assert.equal(refusals, 12);
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
});

test("a connection that opens forgets the refusals before it", async (t) => {
  const h = await hub(t);
  for (let i = 0; i < 2; i++) {
    h.socket.refuse();
    await settle();
    await h.wait(30_000);
  }
  await h.open();
  h.socket.lose();
  for (let i = 0; i < 11; i++) {
    await h.wait(30_000);
    h.socket.refuse();
    await settle();
  }
  assert.equal(h.connection.state.name, "reconnecting");
});

test("a fixed token that has expired is not tried again once it is refused", async (t) => {
  const h = await hub(t, { token: jwt(-1) });
  h.socket.refuse();
  await settle();
  assert.deepEqual(h.connection.state, { name: "closed", why: "expired" });
  assert.equal(h.sockets.length, 1);
});

test("a clock that is ahead does not keep a good token from being used", async (t) => {
  const h = await hub(t, { token: jwt(-1) });
  await h.open();
  assert.equal(h.connection.state.name, "open");
});

test("a status that the WebSocket class tells is believed at once", async (t) => {
  const h = await hub(t);
  h.reachable = false; // not even asked
  h.socket.refuse("Unexpected server response: 403");
  await settle();
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
});

for (const why of ["denied", "expired", "replaced"]) {
  test(`an error frame with code ${why} closes it for good`, async (t) => {
    const h = await hub(t);
    await h.open();
    h.socket.say({ type: "error", code: why, message: "go away" });
    assert.deepEqual(h.connection.state, { name: "closed", why });
    assert.deepEqual(h.codes(), [why]);
    await h.wait(60 * MINUTE);
    assert.equal(h.sockets.length, 1);
  });
}

test("a handshake that takes forever is given up", async (t) => {
  const h = await hub(t);
  h.reachable = false;
  await h.wait(35_000);
  assert.equal(h.socket.closed, true);
  assert.equal(h.connection.state.name, "reconnecting");
});

test("what a dropped socket still does is ignored", async (t) => {
  const h = await hub(t);
  await h.open();
  const [old] = h.sockets;
  const { onmessage } = old;
  await h.reopen();
  await h.socket.welcome();
  onmessage({ data: JSON.stringify({ type: "messages", messages: [{ id: "x", data: 1 }] }) });
  old.lose();
  assert.deepEqual(h.got, []);
  assert.equal(h.connection.state.name, "open");
});

test("nothing is pinged while anything moves, and after nine idle minutes it is", async (t) => {
  const h = await hub(t);
  await h.open();
  for (let i = 0; i < 5; i++) {
    await h.wait(8 * MINUTE);
    if (i % 2) h.socket.say({ type: "messages", messages: [{ id: `${i}`, data: 1 }] });
    else h.connection.send(i);
    h.socket.say({ type: "ok", ref: h.socket.last("sendMessage").ref });
  }
  assert.equal(h.socket.last("ping"), undefined);
  await h.wait(9 * MINUTE);
  assert.deepEqual(h.socket.last("ping"), { action: "ping" });
  h.socket.say({ type: "pong" });
  await h.wait(MINUTE);
  assert.equal(h.connection.state.name, "open");
});

test("a ping that nothing answers is a lost connection", async (t) => {
  const h = await hub(t);
  await h.open();
  await h.wait(9 * MINUTE);
  await h.wait(9_999);
  assert.equal(h.connection.state.name, "open");
  await h.wait(1);
  assert.equal(h.connection.state.name, "reconnecting");
  assert.equal(h.socket.closed, true);
});

test("a silent hello is a lost connection", async (t) => {
  const h = await hub(t);
  await h.open(null);
  await h.wait(10_000);
  assert.equal(h.connection.state.name, "reconnecting");
  assert.deepEqual(h.codes(), ["timeout"]);
});

test("a hello that fails is asked again, later each time, until it is answered", async (t) => {
  const h = await hub(t);
  await h.open();
  await h.reopen();
  for (const wait of [2000, 4000, 8000, 8000, 8000]) {
    await h.socket.fail("hello");
    const { ref } = h.socket.last("hello");
    await h.wait(wait - 1);
    assert.equal(h.socket.last("hello").ref, ref, "not yet");
    await h.wait(1);
    assert.notEqual(h.socket.last("hello").ref, ref);
  }
  await h.socket.welcome();
  await h.wait(MINUTE);
  assert.equal(h.socket.sent.filter(({ action }) => action === "hello").length, 6);
  assert.deepEqual(h.codes(), Array(5).fill("unavailable"));
  assert.equal(h.connection.state.name, "open");
});

test("a hello whose function crashed is asked again at once; one that is slow on a connection that speaks, after its time", async (t) => {
  const h = await hub(t);
  await h.open(null);
  h.socket.say({ message: "Internal server error", connectionId: "c", requestId: "r" });
  await settle();
  await h.wait(2000);
  assert.equal(h.socket.sent.filter(({ action }) => action === "hello").length, 2);
  await h.wait(5000);
  h.socket.say({ type: "pong" });
  await h.wait(5000);
  await h.wait(4000);
  assert.equal(h.socket.sent.filter(({ action }) => action === "hello").length, 3);
  assert.deepEqual(h.codes(), ["gateway", "gateway", "timeout"]);
  assert.equal(h.connection.state.name, "open");
});

test("the default probe asks the server for anything, and takes any answer", async (t) => {
  const asked = [];
  let answer = async () => new Response(null, { status: 500 });
  t.mock.method(globalThis, "fetch", (url, options) => (asked.push([String(url), options.mode, options.credentials]), answer()));
  const h = await hub(t, { probe: undefined, refusals: 1, transport: "query", token: "secret" });
  answer = () => Promise.reject(new TypeError("fetch failed"));
  h.socket.refuse();
  await settle();
  assert.equal(h.connection.state.name, "reconnecting");
  answer = async () => new Response(null, { status: 500 });
  await h.wait(1000);
  h.socket.refuse();
  await settle();
  assert.deepEqual(h.connection.state, { name: "closed", why: "denied" });
  assert.deepEqual(asked, Array(2).fill(["https://hub.test/live", "no-cors", "omit"]), "without the token");
});

test("closing while the server is probed ends it", async (t) => {
  let answer;
  const h = await hub(t, { probe: () => new Promise((resolve) => (answer = resolve)) });
  h.socket.refuse();
  h.connection.close();
  answer(true);
  await settle();
  assert.deepEqual(h.states.at(-1), { name: "closed", why: "client" });
  assert.equal(Date.now(), START);
});
