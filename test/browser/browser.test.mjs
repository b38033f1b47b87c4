// The console and hermes.js in Chromium, against the local stage: nothing in between is a fake.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { connect, first, mint, newRoom, openClient, openConsole, rows, second, stage } from "./console.mjs";

const factorOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url")).token;

// Chromium writes each handshake and each request that fails into the console.
const wasDenied = /WebSocket connection to .* failed|status of 426/;
const wasConflict = /status of 400/;
const wasUnknown = /status of 40[04]/; // a group that is new, a time that is past

describe("the console", () => {
  test("two people connect, write to each other, and both see it", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    await connect(first(page), { room, user: "ada" });
    await connect(second(page), { room, user: "grace" });
    await first(page).getByLabel("Message", { exact: true }).fill("Good morning, Grace");
    await first(page).getByRole("button", { name: "Send" }).click();
    for (const pane of [first(page), second(page)]) {
      await rows(pane).getByText("Good morning, Grace").waitFor();
      assert.match(await rows(pane).first().innerText(), /from ada\s+no\. 1\s+\d\d:\d\d:\d\d\s+[\d.]+ m?s/);
    }
    await page.locator(".toast").getByText("Good morning, Grace").first().waitFor({ state: "attached" });
  });

  test("messages are listed by their type", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    await connect(first(page), { room });
    for (const type of ["order", "alert", "order"]) await stage.publish({ user_id: "shop", room_id: room, data: { type, text: `an ${type}` } });
    await first(page).getByRole("button", { name: "order 2" }).click();
    assert.deepEqual(await rows(first(page)).locator(".message-text").allInnerTexts(), ["an order", "an order"]);
    await first(page).getByRole("button", { name: "alert 1" }).click();
    assert.deepEqual(await rows(first(page)).locator(".message-text").allInnerTexts(), ["an alert"]);
    await first(page).getByRole("button", { name: "all 3" }).click();
    assert.equal(await rows(first(page)).count(), 3);
  });

  test("two tabs in different rooms do not hear each other", async (t) => {
    const pages = await Promise.all([openConsole(t), openConsole(t)]);
    const here = [newRoom(), newRoom()];
    await Promise.all(pages.map((page, n) => connect(first(page), { room: here[n], user: `user${n}` })));
    await Promise.all(pages.map(async (page, n) => {
      await first(page).getByLabel("Message", { exact: true }).fill(`only in ${here[n]}`);
      await first(page).getByRole("button", { name: "Send" }).click();
      await rows(first(page)).getByText(`only in ${here[n]}`).waitFor();
    }));
    for (const page of pages) assert.equal(await rows(first(page)).count(), 1);
  });

  test("a message for one user reaches that user only", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    await connect(first(page), { room, user: "ada" });
    await connect(second(page), { room, user: "grace" });
    await stage.publish({ room_id: room, to_user_id: "grace", data: { type: "alert", text: "for Grace" } });
    await stage.publish({ room_id: room, data: { type: "note", text: "for all" } });
    for (const pane of [first(page), second(page)]) await rows(pane).getByText("for all").waitFor();
    await rows(second(page)).getByText("for Grace").waitFor();
    assert.equal(await rows(first(page)).count(), 1);
  });

  test("a wrong token is told plainly, and not tried for ever", async (t) => {
    const page = await openConsole(t, { expected: [wasDenied] });
    await page.getByText("Listening in the room budget").waitFor(); // its handshake is not counted
    let handshakes = 0;
    page.on("websocket", () => handshakes++);
    await first(page).getByText("Use a token of your own").click();
    await first(page).getByLabel("Token", { exact: true }).fill("wrong.wrong.wrong");
    await first(page).getByRole("button", { name: "Connect", exact: true }).click();
    await first(page).getByRole("alert").getByText("Refused: the hub does not accept this token.").waitFor();
    assert.equal(handshakes, 3);
    await first(page).getByRole("button", { name: "Connect", exact: true }).waitFor();
  });

  test("text with markup is shown as text", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    const markup = `<img src=x onerror="document.title='broken into'"><script>document.title='broken into'</script><b>bold</b>`;
    await connect(first(page), { room });
    await stage.publish({ user_id: markup, room_id: room, data: { type: markup, text: markup } });
    await rows(first(page)).getByText(markup).first().waitFor();
    await stage.publish(`{"user_id":"x","data":${JSON.stringify(markup)}}`);
    await page.locator(".card pre").getByText("broken into").first().waitFor();
    assert.equal(await page.locator("main img, main script, main b:not(.chart b), .toasts img").count(), 0);
    assert.equal(await page.title(), "Hermes console");
  });

  test("a backend's publication arrives, and a broken one is a dead letter with its reason until it is discarded", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    const panel = page.getByRole("region", { name: "Publish as a backend" });
    const letters = page.getByRole("list", { name: "Dead letters" });
    await connect(first(page), { room });
    await panel.getByLabel("Room").fill(room);
    await panel.getByLabel("Message").fill("by a backend");
    await panel.getByRole("button", { name: "Publish", exact: true }).click();
    await panel.getByText("Queued as").waitFor();
    await rows(first(page)).getByText("by a backend").waitFor();

    await panel.getByRole("button", { name: "Publish something broken" }).click();
    const letter = letters.getByRole("listitem").filter({ hasText: "a publication without a room" });
    await letter.getByText("missing field: room_id").waitFor();
    await letter.getByRole("button", { name: /^Redrive/ }).click();
    await page.getByText("Sent again.").waitFor();
    // It is as broken as before: it comes back.
    await letter.getByText("missing field: room_id").waitFor();
    await letter.getByRole("button", { name: /^Discard/ }).click();
    await page.getByText("Discarded.").waitFor();
    await letter.waitFor({ state: "detached" });
  });

  test("connections are seen to come and go, and use is counted", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    await connect(first(page), { room });
    const comings = page.getByRole("list", { name: "Connections that came and went" });
    await comings.getByRole("listitem").filter({ hasText: "came" }).filter({ hasText: room }).waitFor();
    await first(page).getByRole("button", { name: "Disconnect" }).click();
    await first(page).getByText("Not connected").waitFor();
    await comings.getByRole("listitem").filter({ hasText: "went" }).filter({ hasText: room }).waitFor();
    await page.getByRole("region", { name: "Usage and cost" }).getByText(/^\$0\.0+[1-9]\d*$/).first().waitFor();
  });

  test("an example budget alert arrives as e-mail, toast and panel, and is still there after a reload", async (t) => {
    const page = await openConsole(t);
    const panel = page.getByRole("region", { name: "Budget alerts" });
    await panel.getByText("Listening in the room budget").waitFor();
    const name = `Größe <b>${newRoom()}</b>`;
    await panel.getByLabel("Budget", { exact: true }).fill(name);
    await panel.getByLabel("Limit in USD").fill("2000");
    await panel.getByLabel("Spent in USD").fill("1912.34");
    await panel.getByRole("button", { name: "Send an example alert" }).click();
    await panel.getByText("Published as").waitFor();
    const alert = panel.getByRole("listitem").filter({ hasText: name });
    assert.match(await alert.innerText(), /ACTUAL[^]*95\.6% \$1,912\.34 spent of \$2,000\.00[^]* reached 90%/);
    await page.locator(".toast").getByText(`${name} reached 90%: $1,912.34 spent of $2,000.00`).waitFor({ state: "attached" });
    await page.getByRole("list", { name: "E-mail, newest first" }).getByText(`Cost control alert: 90% of ${name} reached`).waitFor();
    assert.equal(await alert.locator("b").count(), 1, "only the figure is bold");

    await panel.getByLabel("Type").selectOption("FORECASTED");
    await panel.getByLabel("Spent in USD").fill("3000");
    await panel.getByRole("button", { name: "Send an example alert" }).click();
    assert.match(await alert.filter({ hasText: "FORECASTED" }).innerText(), /150% \$3,000\.00 forecast of \$2,000\.00/);
    await page.reload();
    await alert.nth(1).waitFor();
    assert.equal(await alert.count(), 2);
  });

  test("a message is scheduled, arrives at its second, and its result is seen; another is cancelled", async (t) => {
    const page = await openConsole(t, { expected: [wasUnknown] });
    const panel = page.getByRole("region", { name: "Scheduled messages" });
    const upcoming = panel.getByRole("list", { name: "Upcoming messages" });
    const past = panel.getByRole("list", { name: "Messages of the last hour" });
    const group = newRoom();
    const email = `ada.${group}@example.com`;
    await connect(first(page), { room: group });
    await panel.getByRole("textbox", { name: "Group" }).fill(group);
    await panel.getByRole("button", { name: "Open group" }).click();
    await panel.getByText(`There is no group ${group} yet`).waitFor();
    await panel.getByLabel("E-mail address").fill(email);
    await panel.getByLabel("Name (optional)").fill("Ada <b>");
    await panel.getByRole("button", { name: "Add subscriber" }).click();
    await panel.getByText(`Ada <b>, ${email}`).waitFor();

    const schedule = async (subject, count, unit) => {
      await panel.getByLabel("Subject").fill(subject);
      await panel.getByLabel("In", { exact: true }).fill(count);
      await panel.getByLabel("Unit").selectOption(unit);
      await panel.getByRole("button", { name: "Schedule", exact: true }).click();
      await panel.getByText(/^Scheduled for/).filter({ hasText: subject }).waitFor();
    };
    await schedule("never <i>sent</i>", "2", "hours");
    await schedule("at its second", "5", "seconds");
    await upcoming.getByRole("listitem").nth(1).waitFor();
    assert.match(await upcoming.getByRole("listitem").first().innerText(), /at its second\s+scheduled[^]*(in [1-5] s|due now), by e-mail and hub/, "the soonest is first");
    assert.equal(await panel.locator(".timeline-dot").count(), 2);

    await rows(first(page)).getByText("at its second: In five minutes, room 3.").waitFor();
    const sent = past.getByRole("listitem").filter({ hasText: "at its second" });
    await sent.getByText("sent", { exact: true }).waitFor();
    await sent.getByText("Results of at its second").click();
    await sent.getByRole("listitem").filter({ hasText: email }).getByText("sent", { exact: true }).waitFor();
    await page.getByRole("list", { name: "E-mail, newest first" }).getByText(`to ${email}`).waitFor();

    await panel.getByRole("button", { name: "Cancel never <i>sent</i>" }).click();
    await past.getByRole("listitem").filter({ hasText: "never <i>sent</i>" }).waitFor();
    await upcoming.getByText("Nothing is scheduled.").waitFor();
    assert.equal(await panel.locator(".timeline-dot").count(), 0);
    assert.equal(await panel.locator("li b, li i").count(), 0);

    await panel.getByLabel("Unit").selectOption("at a time");
    await panel.getByLabel("At", { exact: true }).fill("2001-01-01T00:00:00");
    await panel.getByRole("button", { name: "Schedule", exact: true }).click();
    await panel.getByText(/^Not done: schedule_on/).waitFor();
    for (const channel of ["E-mail", "Hub room"]) await panel.getByRole("checkbox", { name: channel }).uncheck();
    await panel.getByRole("button", { name: "Schedule", exact: true }).click();
    await panel.getByText("Choose e-mail, the hub room, or both.").waitFor();

    await panel.getByRole("button", { name: `Remove ${email}` }).click();
    await panel.getByText("Nobody yet.").waitFor();
  });

  test("a deployed console shows what a browser may do, and no more", async (t) => {
    const page = await openConsole(t, { config: { stage: "prod", webSocketUrl: stage.outputs.WebSocketUrl } });
    await page.getByText("deployed").waitFor();
    assert.deepEqual(await page.locator("h2").allInnerTexts(), ["Two people", "Deliveries and latency"]);
    const room = newRoom();
    const token = await mint(page, "ada", room);
    await first(page).getByLabel("Token", { exact: true }).fill(token);
    await first(page).getByRole("button", { name: "Connect", exact: true }).click();
    await first(page).getByText(`Connected to ${room} as ada`).waitFor();
    await first(page).getByLabel("Message", { exact: true }).fill("from afar");
    await first(page).getByRole("button", { name: "Send" }).click();
    await rows(first(page)).getByText("from afar").waitFor();
  });

  test("tokens of the console and of the Go client for the same user live side by side", async (t) => {
    const page = await openConsole(t, { expected: [wasConflict] });
    const room = newRoom();
    const here = await Promise.all([1, 2, 3].map(() => mint(page, "ada", room)));
    assert.equal(new Set([...here, stage.issue("ada", room), await mint(page, "ada", room)].map(factorOf)).size, 1);
    const other = newRoom();
    assert.equal(factorOf(stage.issue("ada", other)), factorOf(await mint(page, "ada", other)), "it goes on with a row of the Go client");
  });

  test("everything can be reached and done by keyboard", async (t) => {
    const page = await openConsole(t);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    await first(page).getByLabel("Room").fill(newRoom());
    await page.keyboard.press("Enter");
    await first(page).getByText("Connected to").waitFor();
    await first(page).getByLabel("Message", { exact: true }).focus();
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await rows(first(page)).getByText("typed").waitFor();
  });

  for (const [name, options] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 } }],
  ]) {
    test(`axe finds nothing: ${name}`, async (t) => {
      // Colours are judged at rest: a toast that fades in or out has no contrast of its own.
      const page = await openConsole(t, { ...options, reducedMotion: "reduce" });
      const room = newRoom();
      await connect(first(page), { room });
      for (const type of ["note", "order", "alert", "bill", "chat", "task"]) await stage.publish({ user_id: "shop", room_id: room, data: { type, text: type } });
      await stage.publish('{"data":"no room"}');
      await first(page).getByRole("button", { name: "all 6" }).waitFor();
      await page.locator(".card").first().waitFor();
      const scheduled = page.getByRole("region", { name: "Scheduled messages" });
      await scheduled.getByRole("textbox", { name: "Group" }).fill(room);
      await scheduled.getByLabel("E-mail address").fill("ada@example.com");
      await scheduled.getByRole("button", { name: "Add subscriber" }).click();
      await scheduled.getByLabel("In", { exact: true }).fill("3600");
      await scheduled.getByRole("button", { name: "Schedule", exact: true }).click();
      await scheduled.getByRole("button", { name: "Cancel Standup" }).click();
      await scheduled.getByText("cancelled", { exact: true }).waitFor();
      await scheduled.getByRole("button", { name: "Schedule", exact: true }).click();
      await scheduled.getByText("scheduled", { exact: true }).waitFor();
      await scheduled.getByText("Results of Standup").first().click();
      const budget = page.getByRole("region", { name: "Budget alerts" });
      await budget.getByRole("button", { name: "Send an example alert" }).click();
      await budget.getByRole("listitem").filter({ hasText: "reached" }).first().waitFor();
      // The policy allows no script from elsewhere: axe comes through the debugger.
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]), []);
      const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }));
      assert.equal(scroll, inner, "nothing sticks out at the side");
      t.diagnostic(`axe-core violations: ${violations.length}`);
    });
  }
});

describe("hermes.js", () => {
  test("a page that goes offline and comes back misses nothing", async (t) => {
    const page = await openConsole(t, { expected: [wasDenied, /ERR_INTERNET_DISCONNECTED/] });
    const room = newRoom();
    await openClient(page, room);
    await stage.publish({ room_id: room, data: { n: 1 } });
    await page.waitForFunction(() => globalThis.client.got.length === 1);
    await page.context().setOffline(true);
    // Chromium's emulation leaves sockets alone that are open; a network that is gone does not.
    const { id } = await stage.control("POST", "faults", { service: "socket", kind: "close" });
    await stage.publish({ room_id: room, data: { n: 2 } });
    await page.waitForFunction(() => globalThis.client.hub.state.name === "reconnecting");
    await stage.control("DELETE", `faults/${id}`);
    for (const n of [3, 4]) await stage.publish({ room_id: room, data: { n } });
    await page.waitForFunction(() => globalThis.client.hub.state.attempt >= 2);
    const back = Date.now();
    await page.context().setOffline(false);
    await page.waitForFunction(() => globalThis.client.got.length === 4);
    t.diagnostic(`caught up ${Date.now() - back} ms after the network was back`);
    assert.deepEqual(await page.evaluate(() => globalThis.client.got.map(({ n }) => n)), [1, 2, 3, 4]);
  });

  test("a publication is a toast: 500 of them, one after the other", async (t) => {
    const page = await openConsole(t);
    const room = newRoom();
    await connect(first(page), { room });
    const times = await page.evaluate(async (room) => {
      const local = await (await import("/console/local.js")).openLocal("/_local/");
      const toasts = document.getElementById("toasts");
      const times = [];
      for (let n = 0; n < 500; n++) {
        const text = `toast ${n}.`;
        const begun = performance.now();
        const seen = new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            if (!toasts.textContent.includes(text)) return;
            observer.disconnect();
            resolve(performance.now());
          });
          observer.observe(toasts, { childList: true });
        });
        await local.publish({ room_id: room, data: { type: "note", text } });
        times.push((await seen) - begun);
      }
      return times.sort((a, b) => a - b);
    }, room);
    t.diagnostic(`publish to toast of ${times.length}: p50 ${Math.round(times[249])} ms, p99 ${Math.round(times[494])} ms`);
    assert.equal(times.length, 500);
  });

  test("a server that is started again is found again, and nothing is missed or doubled", async (t) => {
    const page = await openConsole(t, { expected: [wasDenied, /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|status of 5\d\d/] });
    const room = newRoom();
    await openClient(page, room);
    const total = 120;
    let published = 0;
    let stopping = false;
    const publishing = (async () => {
      while (published < total) {
        const n = published + 1;
        try {
          // What was accepted just before the end may be published twice: that is what the id is for.
          await stage.publish({ room_id: room, id: `${room}-${n}`, data: { n } });
          published = n;
        } catch (error) {
          if (!stopping) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    await page.waitForFunction(() => globalThis.client.got.length >= 30);
    stopping = true;
    await stage.stop();
    await page.waitForFunction(() => globalThis.client.hub.state.name === "reconnecting");
    await page.getByText("not running: start it with make run").waitFor();
    await stage.again();
    const ready = Date.now();
    await publishing;
    await page.waitForFunction((total) => new Set(globalThis.client.got.map(({ n }) => n)).size === total, total);
    const { got, states } = await page.evaluate(() => ({ got: globalThis.client.got, states: globalThis.client.states }));
    await page.getByRole("banner").getByText("running", { exact: true }).waitFor();
    const numbers = got.map(({ n }) => n);
    assert.deepEqual([...numbers].sort((a, b) => a - b), Array.from({ length: total }, (_, n) => n + 1));
    const open = states.filter(({ name }) => name === "open");
    assert.equal(open.length, 2);
    t.diagnostic(`open again ${Math.max(0, open[1].at - ready)} ms after the server was ready, at try ${states.findLast(({ attempt }) => attempt).attempt}`);
  });
});
