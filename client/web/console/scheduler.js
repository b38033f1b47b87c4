// The scheduler's API, as its OpenAPI document describes it (functions/messagescheduler/internal/api/openapi.json).

/** Makes a client. `token(group)` resolves to a bearer token. Calls reject with an error whose `status` is the answer's. */
export function newScheduler({ url, token }) {
  async function call(method, group, path, body) {
    const answer = await fetch(`${url}/${encodeURIComponent(group)}/${path}`, {
      method,
      cache: "no-store",
      headers: { authorization: `Bearer ${await token(group)}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const result = await answer.json().catch(() => ({}));
    if (answer.ok) return result;
    throw Object.assign(new Error(result.message ?? `status ${answer.status}`), { status: answer.status });
  }

  return {
    /** Messages due from then on, soonest first. A group that does not exist has none. */
    messages: (group, from) => call("GET", group, `schedule?limit=100&from=${from}`).then(({ messages }) => messages),
    schedule: (group, message) => call("POST", group, "schedule", message).then(({ details }) => details),
    cancel: (group, key) => call("DELETE", group, `schedule/${encodeURIComponent(key)}`),
    /** What became of the latest occurrence, by subscriber. */
    results: (group, key) => call("GET", group, `schedule/${encodeURIComponent(key)}/results?limit=100`).then(({ results }) => results),
    subscribers: (group) => call("GET", group, "subscribers?limit=100").then(({ subscribers }) => subscribers),
    subscribe: (group, subscriber) => call("POST", group, "subscribers", subscriber).then(({ details }) => details),
    unsubscribe: (group, subscriber) => call("DELETE", group, `subscribers/${encodeURIComponent(subscriber)}`),
  };
}
