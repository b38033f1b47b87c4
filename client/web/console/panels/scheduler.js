// What a group will receive and when, and what became of it. Nothing is asked before somebody opens a group.
import { fill, field, h, say } from "../dom.js";
import { time } from "../format.js";
import { newTimeline } from "../timeline.js";
import { newCompose } from "./compose.js";
import { isUpcoming, newRow } from "./scheduled.js";
import { newSubscribers } from "./subscribers.js";

const EVERY = 2000; // ms between two looks
const PAST = 3_600_000; // ms that messages are listed after their time

export const scheduler = {
  id: "scheduler",
  title: "Scheduled messages",
  hint: "A message reaches every subscriber of its group by e-mail, and the hub room of the same name, at its second. Connect a person to the room lobby to see it arrive.",
  needsStage: true,
  needsOutput: "ApiUrl",
  mount(body, app) {
    const api = () => app.stage.scheduler; // another one when the stage was started again
    const name = field("Group", { value: "lobby", required: true, maxlength: 128, pattern: "[A-Za-z0-9][A-Za-z0-9._:@\\-]*", title: "letters, digits and . _ : @ -" });
    const result = h("p", { class: "result", role: "status" });
    const timeline = newTimeline();
    const coming = h("ol", { class: "scheduled", tabindex: 0, "aria-label": "Upcoming messages, soonest first" });
    const past = h("ol", { class: "scheduled", tabindex: 0, "aria-label": "Messages of the last hour, newest first" });
    const rows = new Map();
    let group = "";
    let messages = [];
    let people = [];
    let timer = 0;

    /** Does something in the group that the field names and says so; resolves to whether it was done. */
    async function act(what, done) {
      turnTo(name.input.value.trim());
      try {
        const found = await what();
        say(result, done(found));
        await look();
        return true;
      } catch (error) {
        say(result, `Not done: ${error.message}`);
        return false;
      }
    }

    function turnTo(next) {
      if (next === group) return;
      group = next;
      [messages, people] = [[], []];
      rows.clear();
      draw();
    }

    /** Reads the group, and goes on reading as long as there is one. */
    async function look() {
      clearTimeout(timer);
      const asked = group;
      const now = Date.now();
      try {
        const found = await api().messages(asked, now - PAST);
        const subscribers = await api().subscribers(asked);
        if (asked !== group) return;
        [messages, people] = [found, subscribers];
      } catch (error) {
        if (asked !== group) return;
        if (error.status === 404) {
          [messages, people] = [[], []];
          say(result, `There is no group ${asked} yet: its first message or subscriber makes it.`);
          return draw();
        }
        if (error.status) say(result, error.message);
      }
      draw();
      clearTimeout(timer);
      timer = setTimeout(() => document.hidden || look(), EVERY);
    }

    function draw() {
      const now = Date.now();
      for (const message of messages) {
        if (!rows.has(message.key)) rows.set(message.key, newRow(message, { results, cancel }));
        rows.get(message.key).update(message, now);
      }
      const elements = (list) => list.map(({ key }) => rows.get(key).element);
      arrange(coming, elements(messages.filter(isUpcoming)), "Nothing is scheduled.");
      arrange(past, elements(messages.filter((m) => !isUpcoming(m)).reverse()), "Nothing in the last hour.");
      subscribers.show(people);
      timeline.show(messages.filter(isUpcoming), now);
    }

    async function results(key) {
      const emails = new Map(people.map(({ subscriber, email }) => [subscriber, email]));
      return (await api().results(group, key)).map((r) => ({ ...r, email: emails.get(r.subscriber) }));
    }
    const cancel = ({ key, subject }) => act(() => api().cancel(group, key), () => `Cancelled: ${subject}`).then(() => coming.focus({ preventScroll: true }));
    const compose = newCompose((message) => act(() => api().schedule(group, message), (m) => `Scheduled for ${time(m.scheduled)}: ${m.subject}`));
    const subscribers = newSubscribers({
      add: (subscriber) => act(() => api().subscribe(group, subscriber), ({ email }) => `Subscribed: ${email}`),
      remove: ({ subscriber, email }) => act(() => api().unsubscribe(group, subscriber), () => `Removed: ${email}`),
    });

    const form = h("form", { class: "group-form", "aria-label": "Open a group" }, name.element, h("div", { class: "field" }, h("button", { type: "submit" }, "Open group")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say(result, "");
      turnTo(name.input.value.trim());
      look();
    });
    body.append(form, timeline.element,
      h("div", { class: "halves" },
        h("div", {}, h("h3", {}, "Schedule one"), compose, result, h("h3", {}, "Subscribers"), subscribers.element),
        h("div", {}, h("h3", {}, "Upcoming"), coming, h("h3", {}, "Last hour"), past)));
    draw();

    setInterval(() => {
      if (document.hidden || !messages.length) return;
      const now = Date.now();
      for (const row of rows.values()) row.tick(now);
      timeline.show(messages.filter(isUpcoming), now);
    }, 1000);
    document.addEventListener("visibilitychange", () => !document.hidden && messages.length && look());
  },
};

/** Fills a list only when its order changes, and keeps the focus where it was. */
function arrange(list, elements, nothing) {
  const same = elements.length === list.children.length && elements.every((element, n) => element === list.children[n]);
  if (elements.length ? same : list.querySelector(".nothing")) return;
  const focused = document.activeElement;
  fill(list, elements, nothing);
  if (list.contains(focused)) focused.focus({ preventScroll: true });
}
