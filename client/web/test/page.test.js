import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { hub, settle } from "./hub.js";

const MINUTE = 60_000;

/** What a browser has and Node has not, for the length of a test. */
function page() {
  const target = new EventTarget();
  const document = new EventTarget();
  document.visibilityState = "hidden";
  globalThis.document = document;
  for (const name of ["addEventListener", "removeEventListener"]) globalThis[name] = target[name].bind(target);
  return {
    show() {
      document.visibilityState = "visible";
      document.dispatchEvent(new Event("visibilitychange"));
    },
    hide() {
      document.visibilityState = "hidden";
      document.dispatchEvent(new Event("visibilitychange"));
    },
    network: (event) => target.dispatchEvent(new Event(event)),
  };
}

afterEach(() => {
  for (const name of ["document", "addEventListener", "removeEventListener"]) delete globalThis[name];
});

for (const [name, happen] of [["the page is seen again", (p) => p.show()], ["the network is back", (p) => p.network("online")]]) {
  test(`when ${name}, the next try is made at once`, async (t) => {
    const p = page();
    const h = await hub(t);
    await h.open();
    h.socket.lose();
    happen(p);
    await settle();
    assert.equal(h.sockets.length, 2);
    assert.deepEqual(h.connection.state, { name: "reconnecting", attempt: 1, retryAt: null });
    await h.wait(MINUTE);
    assert.equal(h.sockets.length, 2, "the timer of the try is gone");
  });

  test(`when ${name} after a denial, nothing is tried`, async (t) => {
    const p = page();
    const h = await hub(t);
    await h.open();
    h.socket.say({ type: "error", code: "denied", message: "" });
    happen(p);
    await settle();
    assert.equal(h.sockets.length, 1);
  });
}

test("when the network is back, a handshake that hangs is started over", async (t) => {
  const p = page();
  const h = await hub(t);
  p.show();
  await settle();
  assert.equal(h.sockets.length, 1, "but not for a look at the page");
  p.network("online");
  await settle();
  assert.equal(h.sockets.length, 2);
  assert.equal(h.sockets[0].closed, true);
  await h.open();
  assert.equal(h.connection.state.name, "open");
});

test("a page that is hidden tries nothing", async (t) => {
  const p = page();
  const h = await hub(t);
  await h.open();
  h.socket.lose();
  p.hide();
  p.network("offline");
  await settle();
  assert.equal(h.sockets.length, 1);
});

test("a page that is seen again looks after a connection that was silent for long, and only then", async (t) => {
  const p = page();
  const h = await hub(t);
  await h.open();
  p.show();
  assert.equal(h.socket.last("ping"), undefined);
  await h.wait(30_000);
  p.show();
  assert.deepEqual(h.socket.last("ping"), { action: "ping" });
  await h.wait(10_000);
  assert.equal(h.connection.state.name, "reconnecting");
});

test("a change of the network makes an open connection prove itself", async (t) => {
  const p = page();
  const h = await hub(t);
  await h.open();
  p.network("offline");
  p.network("online");
  assert.equal(h.socket.sent.filter(({ action }) => action === "ping").length, 1);
  h.socket.say({ type: "pong" });
  await h.wait(MINUTE);
  assert.equal(h.connection.state.name, "open");
});

test("a connection that is closed listens to the page no more", async (t) => {
  const p = page();
  const listening = new Set();
  for (const target of [globalThis, globalThis.document]) {
    t.mock.method(target, "addEventListener", (name, handler) => listening.add(handler));
    t.mock.method(target, "removeEventListener", (name, handler) => listening.delete(handler));
  }
  const h = await hub(t);
  assert.equal(listening.size, 3);
  h.connection.close();
  assert.equal(listening.size, 0);
  p.show();
});
