// What is due when, from now to the last of it. The scale is logarithmic: seconds matter soon, days later.
import { h } from "./dom.js";

const FINE = 15_000; // ms up to which the scale is nearly even
const LEAST = 60_000;
const APART = 64; // px between two ticks
const CLOSE = 14; // px; nearer messages are drawn above one another
const STACK = 5;
const MARKS = [
  ["10 s", 10], ["30 s", 30], ["1 min", 60], ["5 min", 300], ["30 min", 1800], ["1 h", 3600], ["6 h", 21_600],
  ["1 day", 86_400], ["1 week", 604_800], ["1 month", 2_592_000], ["1 year", 31_536_000], ["10 years", 315_360_000],
];

/** Where a time lies on the line, 0 to 1; `whole` is what the line spans, both in ms from now. */
export const place = (after, whole) => Math.log1p(Math.max(0, after) / FINE) / Math.log1p(whole / FINE);

/** What the line has to span for those times, in ms from now. */
export const span = (afters) => Math.max(LEAST, ...afters.map((after) => after * 1.1));

/** The ticks of a line: [[text, where]]; `width` is how wide it is, in px. */
export function ticks(whole, width) {
  const kept = [["now", 0]];
  for (const [text, seconds] of MARKS) {
    const at = place(seconds * 1000, whole);
    if (at <= 1 && (at - kept.at(-1)[1]) * width >= APART) kept.push([text, at]);
  }
  return kept;
}

/** A line for the eye only: a list beside it says the same. */
export function newTimeline() {
  const marks = h("div");
  const line = h("div", { class: "timeline-line" }, marks);
  const element = h("div", { class: "timeline", "aria-hidden": "true" }, line);
  const dots = new Map();
  let spanned = "";

  /** Draws the messages that are due after now; a message that is there already moves. */
  function show(messages, now) {
    const whole = span(messages.map(({ scheduled }) => scheduled - now));
    const scale = ticks(whole, line.clientWidth);
    if (spanned !== JSON.stringify(scale)) {
      spanned = JSON.stringify(scale);
      marks.replaceChildren(...scale.map(([text, at]) => put(h("span", { class: "timeline-mark" }, text), at)));
    }
    const gone = new Set(dots.keys());
    let last = -Infinity;
    let above = 0;
    for (const { key, scheduled, status } of [...messages].sort((a, b) => a.scheduled - b.scheduled)) {
      gone.delete(key);
      if (!dots.has(key)) dots.set(key, line.appendChild(h("span", { class: "timeline-dot" })));
      const at = place(scheduled - now, whole);
      above = (at - last) * line.clientWidth < CLOSE ? (above + 1) % STACK : 0;
      last = at;
      const dot = put(dots.get(key), at);
      dot.style.bottom = `${above * 0.7}rem`;
      dot.dataset.status = status;
    }
    for (const key of gone) {
      dots.get(key).remove();
      dots.delete(key);
    }
  }
  return { element, show };
}

function put(element, at) {
  element.style.left = `${at * 100}%`;
  return element;
}
