// What @hermes-cdk/client is to those who install it: packed by npm, put into an app built by vite, and into one whose pages a
// server renders first and the browser takes over, as Next.js does. `make test` installs vite, React and TypeScript beside this file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { findChromium, launch } from "../browser/chromium.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CLIENT = fileURLToPath(new URL("../../client/web/", import.meta.url));
const app = mkdtempSync(join(tmpdir(), "hermes-packages-"));
const installed = join(app, "node_modules/@hermes-cdk/client");

before(() => {
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", app], { cwd: CLIENT, encoding: "utf8" }));
  cpSync(join(HERE, "app"), app, { recursive: true });
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(app, filename), "--strip-components=1", "-C", installed]);
  for (const name of ["react", "react-dom", "scheduler", "csstype", "@types"]) symlinkSync(join(HERE, "node_modules", name), join(app, "node_modules", name));
});

after(() => rmSync(app, { recursive: true }));

test("the package holds what its entry points need, and nothing else", () => {
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(exports), [".", "./react", "./element", "./package.json"]);
  assert.deepEqual(readdirSync(installed).sort(), [
    "LICENSE", "README.md", "element.d.ts", "element.js", "hermes-link.js", "hermes-room.js", "hermes-subscribers.js", "hermes.d.ts", "hermes.js",
    "package.json", "react.d.ts", "react.js",
  ]);
});

test("an app type-checks against it as strictly as TypeScript can", () => {
  for (const settings of [[], ["--module", "nodenext", "--moduleResolution", "nodenext"]]) {
    const tsc = join(HERE, "node_modules/.bin/tsc");
    try {
      execFileSync(tsc, ["-p", app, ...settings], { encoding: "utf8" });
    } catch (error) {
      assert.fail(`tsc ${settings.join(" ")}:\n${error.stdout}`);
    }
  }
});

test("an app that vite builds receives and sends by hook, element and connect", async (t) => {
  const dist = await bundle("vite");
  await inBrowser(t, dist, readFileSync(join(dist, "index.html"), "utf8"));
});

test("a page that a server renders first is taken over by the browser", async (t) => {
  const server = join(app, "server");
  await build({
    root: app, logLevel: "error", configFile: false,
    build: { ssr: "server.tsx", outDir: server, emptyOutDir: true, rollupOptions: { output: { entryFileNames: "server.mjs" } } },
  });
  const { html, names } = await import(pathToFileURL(join(server, "server.mjs")));
  assert.equal(html, '<section id="react" data-state="connecting"></section>');
  assert.deepEqual(names, ["function", "function"]); // and nothing of a browser was missed
  assert.match(readFileSync(join(installed, "react.js"), "utf8"), /^"use client";/); // or Next.js would run the hooks on the server
  const dist = await bundle("next");
  await inBrowser(t, dist, readFileSync(join(dist, "index.html"), "utf8").replace("<!--server-->", html));
});

/** Builds the app for a browser. */
async function bundle(name) {
  const outDir = join(app, `dist-${name}`);
  await build({ root: app, logLevel: "error", configFile: false, build: { outDir, emptyOutDir: true } });
  return outDir;
}

/** Opens the page, with a hub in the place of the network, until all three clients have the order. */
async function inBrowser(t, dist, html) {
  if (!findChromium()) return t.skip("no Chromium on this machine");
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const errors = [];
  page.on("console", (said) => ["error", "warning"].includes(said.type()) && errors.push(said.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.addInitScript(playHub);
  await page.route("http://app.test/**", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") return route.fulfill({ contentType: "text/html", body: html });
    const types = { ".js": "text/javascript" };
    return route.fulfill({ contentType: types[extname(pathname)] ?? "text/plain", path: join(dist, pathname) });
  });
  await page.goto("http://app.test/");
  await page.waitForFunction(() => ["react", "element", "plain", "sent"].every((id) => document.getElementById(id)?.textContent), undefined, { timeout: 10_000 });
  const text = (id) => page.locator(`#${id}`).textContent();
  assert.deepEqual([await text("react"), await text("element"), await text("plain"), await text("sent")], ["14", "bob: 7", "7", "accepted"]);
  assert.equal(await page.locator("#react").getAttribute("data-state"), "open");
  assert.equal(await page.locator("hermes-hub").getAttribute("state"), "open");
  assert.deepEqual(errors, []);
  // What a component leaves is closed: StrictMode opens two connections and leaves one, the element is removed.
  await page.evaluate(() => document.querySelector("hermes-hub").remove());
  await page.waitForFunction(() => globalThis.sockets.filter((socket) => socket.readyState === 1).length === 2, undefined, { timeout: 10_000 });
}

/** Runs in the page: a WebSocket whose other end is a hub with one order, the second message of its room. */
function playHub() {
  globalThis.sockets = [];
  globalThis.WebSocket = class {
    readyState = 0;
    constructor() {
      globalThis.sockets.push(this);
      queueMicrotask(() => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.onopen?.({});
      });
    }
    send(text) {
      const { action, ref } = JSON.parse(text);
      const say = (frame) => queueMicrotask(() => this.onmessage?.({ data: JSON.stringify({ ref, ...frame }) }));
      if (action === "sendMessage") say({ type: "ok" });
      if (action !== "hello") return;
      say({ type: "welcome", connection_id: "c", user_id: "ada", rooms: ["lobby"], expires_at: 9e9, positions: { lobby: { epoch: "e", seq: 1 } } });
      say({ type: "messages", room_id: "lobby", epoch: "e", after: 1, seq: 2, messages: [{ id: "m", room_id: "lobby", seq: 2, user_id: "bob", data: { type: "order", id: 7 } }] });
    }
    close() {
      this.readyState = 3;
    }
  };
}
