// The next connection is opened while the one before still serves: before API Gateway's two hours, and on a notice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, hub, jwt, message, rejects, settle } from "./hub.js";

const at = (seq, epoch = "e") => ({ lobby: { epoch, seq } });
const LIFE = 118 * 60_000;

/** A connection whose next one is open and has said hello. */
async function renewing(t, options) {
  const h = await hub(t, { life: 60_000, token: jwt(100_000), ...options });
  await h.open(at(0));
  await h.wait(60_000);
  const [old, next] = h.sockets;
  next.accept();
  await settle();
  return { h, old, next };
}

for (const [name, options, wait] of [
  ["after 118 minutes at the latest", {}, LIFE],
  ["and a tenth earlier at the earliest", { random: () => 0 }, 0.9 * LIFE],
  ["or as asked", { life: 3000 }, 3000],
]) {
  test(`the next connection is opened ${name}`, async (t) => {
    const h = await hub(t, { token: jwt(100_000), ...options });
    await h.open();
    for (let left = wait - 1; left > 0; left -= 60_000) {
      await h.wait(Math.min(left, 60_000));
      h.socket.say({ type: "pong" });
    }
    assert.equal(h.sockets.length, 1);
    await h.wait(1);
    assert.equal(h.sockets.length, 2);
    assert.equal(h.sockets[0].closed, false);
  });
}

for (const [name, options] of [["with a life without end", { life: Infinity }], ["with a life of 0", { life: 0 }], ["of the classic kind", { life: 1000, transport: "classic" }]]) {
  test(`a connection ${name} opens no next one`, async (t) => {
    const h = await hub(t, options);
    await h.open();
    await h.wait(60_000);
    assert.equal(h.sockets.length, 1);
  });
}

test("both connections are heard until nothing is missing; then the old one is left, and nobody noticed", async (t) => {
  const { h, old, next } = await renewing(t);
  old.say(frame(0, 1));
  await next.welcome(at(3));
  assert.equal(old.closed, false, "2 and 3 are on their way");
  next.say(frame(2, 3));
  next.say(frame(0, 1));
  old.say(frame(1, 2));
  assert.equal(old.closed, true);
  old.say(frame(3, 4));
  next.say(frame(3, 4));
  assert.deepEqual(h.seqs(), [1, 2, 3, 4]);
  assert.deepEqual(h.states.map(({ name }) => name), ["connecting", "open"]);
  assert.deepEqual([h.questions(), h.errors], [[], []]);
  assert.equal(h.connection.session.connectionId, "c1");
  old.lose();
  assert.equal(h.connection.state.name, "open");
});

test("what does not come by itself is asked for on the next connection", async (t) => {
  const { h, old, next } = await renewing(t);
  await next.welcome(at(2));
  await h.wait(2000);
  assert.equal(old.last("history"), undefined);
  assert.equal(next.last("history").after, 0);
  assert.equal(old.closed, false);
  await next.history(0, 2);
  assert.equal(old.closed, true);
  assert.deepEqual(h.seqs(), [1, 2]);
});

test("an old connection from which nothing more comes is left after 30 seconds", async (t) => {
  const { h, old, next } = await renewing(t);
  await next.welcome(at(2));
  for (let second = 0; second < 29; second++) {
    await h.wait(1000);
    next.say({ type: "pong" });
  }
  assert.equal(old.closed, false);
  await h.wait(1000);
  assert.equal(old.closed, true);
  assert.equal(h.connection.positions.lobby.seq, 0, "the gap goes on being asked for");
});

test("sends that wait for their answer get it from the old connection, later ones go over the next", async (t) => {
  const { h, old, next } = await renewing(t);
  const first = h.connection.send("a");
  await next.welcome(at(0));
  assert.equal(old.closed, false);
  const second = h.connection.send("b");
  assert.deepEqual([old.last("sendMessage").data, next.last("sendMessage").data], ["a", "b"]);
  old.say({ type: "ok", ref: old.last("sendMessage").ref });
  next.say({ type: "ok", ref: next.last("sendMessage").ref });
  await Promise.all([first, second]);
  assert.equal(old.closed, true);
});

test("the next connection has a next one in turn", async (t) => {
  const { h, next } = await renewing(t);
  await next.welcome(at(0));
  await h.wait(59_999);
  assert.equal(h.sockets.length, 2);
  await h.wait(1);
  assert.equal(h.sockets.length, 3);
});

for (const [name, fail] of [
  ["is refused", (h) => h.socket.refuse()],
  ["is not welcome", (h) => h.socket.accept()],
  ["is welcomed with an error", async (h) => (h.socket.accept(), await settle(), h.socket.fail("hello"))],
  ["cannot be made", () => {}],
]) {
  test(`a next connection that ${name} is tried again 35 seconds later, and the old one serves`, async (t) => {
    let calls = 0;
    const h = await hub(t, {
      life: 60_000,
      token: () => {
        if (++calls === 2 && name === "cannot be made") throw new Error("login is down");
        return name === "cannot be made" ? `opaque${calls}` : jwt(100_000, calls);
      },
    });
    await h.open(at(0));
    await h.wait(60_000);
    await fail(h);
    const { length } = h.sockets;
    h.sockets[0].say(frame(0, 1));
    await h.wait(20_000);
    h.sockets[0].say(frame(1, 2));
    await h.wait(15_000);
    assert.equal(h.sockets.length, length + 1);
    await h.open(at(3));
    h.socket.say(frame(2, 3));
    assert.deepEqual(h.seqs(), [1, 2, 3]);
    assert.deepEqual(h.states.map(({ name }) => name), ["connecting", "open"]);
    assert.equal(h.sockets[0].closed, true);
    assert.equal(calls, name === "is refused" ? 2 : name === "cannot be made" ? 3 : 1);
    assert.deepEqual(h.codes(), name === "cannot be made" ? ["token"] : []);
  });
}

test("an old connection that is lost before the next one is welcome is a lost connection", async (t) => {
  const { h, old, next } = await renewing(t);
  old.lose();
  assert.equal(next.closed, true);
  assert.equal(h.connection.state.name, "reconnecting");
  await h.wait(1000);
  await h.open(at(1));
  await h.socket.history(0, 1);
  assert.deepEqual(h.seqs(), [1]);
});

test("a connection that took over and is lost takes the old one with it", async (t) => {
  const { h, old, next } = await renewing(t);
  await next.welcome(at(1));
  next.lose();
  assert.equal(old.closed, true);
  assert.equal(h.connection.state.name, "reconnecting");
});

test("close closes all of them", async (t) => {
  const { h, old, next } = await renewing(t);
  const sending = h.connection.send("a");
  h.connection.close();
  await rejects(sending, "closed");
  assert.deepEqual([old.closed, next.closed], [true, true]);
  await h.wait(LIFE);
  assert.equal(h.sockets.length, 2);
});

test("closing while the next token is fetched opens nothing", async (t) => {
  let give;
  let calls = 0;
  const h = await hub(t, { life: 1000, token: () => (++calls === 1 ? "opaque" : new Promise((resolve) => (give = resolve))) });
  await h.open();
  await h.wait(1000);
  h.connection.close();
  give("late");
  await settle();
  assert.equal(h.sockets.length, 1);
});

test("an end that is meant for the old connection does not end the next", async (t) => {
  const { h, old, next } = await renewing(t);
  await next.welcome(at(1));
  old.say({ type: "error", code: "replaced", message: "by another connection" });
  assert.equal(h.connection.state.name, "open");
  next.say({ type: "error", code: "replaced", message: "by another connection" });
  assert.deepEqual(h.connection.state, { name: "closed", why: "replaced" });
});

for (const [notice, random, wait] of [
  [{ within: 60 }, 1, 60_000],
  [{ within: 60 }, 0.25, 15_000],
  [{ within: 5 }, 1, 5000],
  [{ within: 1e9 }, 1, 3_600_000],
  [{}, 1, 60_000],
  [{ within: "soon" }, 1, 60_000],
]) {
  test(`on a notice ${JSON.stringify(notice)} the next connection is opened at a random moment within it: ${wait} ms`, async (t) => {
    const h = await hub(t, { random: () => random, token: jwt(100_000) });
    await h.open(at(0));
    h.socket.say({ type: "reconnect", ...notice });
    await h.wait(wait - 1);
    assert.equal(h.sockets.length, 1);
    await h.wait(1);
    assert.equal(h.sockets.length, 2);
    const [old, next] = h.sockets;
    next.accept();
    await settle();
    old.say(frame(0, 1));
    await next.welcome(at(1));
    assert.equal(old.closed, true);
    next.say({ type: "messages", messages: [message(2)] });
    assert.deepEqual(h.seqs(), [1, 2]);
    assert.deepEqual(h.errors, []);
  });
}
