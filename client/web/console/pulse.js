// What is asked of the local stage again and again, once for all panels, and only while somebody looks.

const TOPICS = {
  health: { every: 1000, ask: (stage) => stage.get("health") },
  usage: { every: 1000, ask: (stage) => stage.get("usage") },
  queues: { every: 1500, ask: (stage) => stage.depths() },
  comings: { every: 2000, ask: (stage) => stage.comings() },
  denied: { every: 3000, ask: (stage) => stage.get("denied") },
  outbox: { every: 3000, ask: (stage) => stage.get("outbox?limit=20") },
};

/** Starts asking. `onup(true|false)` reports whether the stage answers. */
export function newPulse(stage, onup) {
  const topics = new Map();
  let up = null;

  const report = (now) => {
    if (now !== up) onup((up = now));
  };

  async function ask(name, topic) {
    clearTimeout(topic.timer);
    if (topic.asking) return topic.asking;
    topic.asking = (async () => {
      try {
        topic.latest = await TOPICS[name].ask(stage);
        report(true);
        topic.fresh = true;
      } catch (error) {
        topic.fresh = false;
        // fetch: nothing answers, or not in time
        if (error instanceof TypeError || error.name === "TimeoutError") report(false);
        else console.warn(`${name}: ${error.message}`);
      }
      topic.asking = null;
      topic.timer = setTimeout(() => document.hidden || ask(name, topic), TOPICS[name].every);
      if (topic.fresh) for (const callback of topic.callbacks) callback(topic.latest);
    })();
    return topic.asking;
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const [name, topic] of topics) ask(name, topic);
  });

  return {
    /** Calls back with each answer. */
    on(name, callback) {
      if (!topics.has(name)) topics.set(name, { callbacks: [] });
      const topic = topics.get(name);
      topic.callbacks.push(callback);
      if (topic.latest !== undefined) callback(topic.latest);
      ask(name, topic);
    },
    /** Asks now, for example because something was changed. */
    now: (name) => topics.has(name) && ask(name, topics.get(name)),
  };
}
