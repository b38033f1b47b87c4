// Numbers and times as a person reads them.
import { alertIn, readAlert } from "./alert.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const whole = new Intl.NumberFormat();

/** 12:03:59 */
export const time = (date) => clock.format(new Date(date));

const calendar = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** 20 Nov, 12:03:59 */
export const dateTime = (date) => calendar.format(new Date(date));

/** 1,234 */
export const count = (n) => whole.format(n);

/** 0.4 ms, 23 ms, 1.2 s */
export function duration(ms) {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** $0.000042: as many digits as it takes to see something. */
export function dollars(usd) {
  if (usd === 0) return "$0";
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(10, Math.max(2, 1 - Math.floor(Math.log10(usd))));
  return `$${usd.toFixed(digits)}`;
}

/** What a message says: its text, its budget alert or scheduled message in words, or all of its data. */
export function summary(data) {
  const alert = alertIn(data);
  if (alert) {
    const { reached, line } = readAlert(alert);
    return `${reached}: ${line}`;
  }
  const { text: own, subject, body } = data ?? {};
  const scheduled = typeof subject === "string" ? [subject, body].filter((part) => typeof part === "string").join(": ") : null;
  const text = typeof own === "string" ? own : (scheduled ?? JSON.stringify(data));
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
