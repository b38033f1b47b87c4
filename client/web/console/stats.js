// What was received, how fast and how much was posted, second by second, for the charts.

export const SECONDS = 120;
const CAUGHT_UP = 10_000; // an older message was fetched after a reconnect: its age says nothing of the delivery

/** Milliseconds from publishing to now: by the sender's own clock when the data carries it, else by the hub's. */
export function latencyOf({ time, data }, now = Date.now()) {
  const sent = typeof data === "object" && data !== null && Number.isFinite(data.sent_at) ? data.sent_at : time;
  return Number.isFinite(sent) ? Math.max(0, now - sent) : NaN;
}

export const isCaughtUp = (latency) => latency > CAUGHT_UP;

/** Nearest-rank percentile; null of nothing. */
export function percentile(values, p) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
}

export function newStats() {
  let second = blank();
  let posted = null;
  let postedBefore = null;
  const listeners = [];
  const rows = Array.from({ length: SECONDS }, () => null);

  function blank() {
    return { received: 0, latencies: [] };
  }

  setInterval(() => {
    const recent = rows.slice(-4).flatMap((row) => row?.latencies ?? []).concat(second.latencies);
    const posts = postedBefore === null ? null : Math.max(0, posted - postedBefore); // it may be counted again
    postedBefore = posted;
    rows.push({
      at: Date.now() / 1000, latencies: second.latencies,
      received: second.received, posts,
      p50: percentile(recent, 50), p99: percentile(recent, 99),
    });
    rows.shift();
    second = blank();
    for (const listener of listeners) listener(rows);
  }, 1000);

  return {
    received(latency) {
      second.received++;
      if (!isCaughtUp(latency) && Number.isFinite(latency)) second.latencies.push(latency);
    },
    /** How often the hub has posted to any connection so far, where that is known. */
    posted(count) {
      posted = count;
    },
    /** Calls back each second with the rows ({at, received, posts, p50, p99} or null, oldest first). */
    each: (listener) => listeners.push(listener),
  };
}
