// What a backend does: put a message for a room into the queue.
import { field, h, say } from "../dom.js";

const BURST = 100;

export const publish = {
  id: "publish",
  title: "Publish as a backend",
  hint: "One SQS message per publication; the Go package client does the same.",
  needsStage: true,
  mount(body, app) {
    const room = field("Room", { value: "lobby", required: true, maxlength: 256 });
    const to = field("Only to (optional)", { maxlength: 256 });
    const type = field("Type", { value: "order", list: "publish-types", maxlength: 64 });
    const text = field("Message", { value: "Order 1042 is on its way", maxlength: 8000 });
    const result = h("p", { class: "result", role: "status" });

    const publication = (more) => ({
      user_id: "backend",
      room_id: room.input.value,
      ...(to.input.value ? { to_user_id: to.input.value } : {}),
      data: { type: type.input.value, text: text.input.value, sent_at: Date.now(), ...more },
    });
    const attempt = (what) => async (event) => {
      event.preventDefault();
      try {
        say(result, await what());
        app.pulse.now("queues");
      } catch (error) {
        say(result, `Not published: ${error.message}`);
      }
    };

    const form = h("form", { class: "publish", "aria-label": "Publish" },
      room.element, to.element, type.element, h("div", { class: "wide" }, text.element),
      h("datalist", { id: "publish-types" }, ...["order", "alert", "note"].map((value) => h("option", { value }))),
      h("div", { class: "actions wide" },
        h("button", { type: "submit", class: "primary" }, "Publish"),
        h("button", { type: "button", on: { click: attempt(burst) } }, `Burst of ${BURST}`),
        h("button", { type: "button", on: { click: attempt(broken) } }, "Publish something broken")));
    form.addEventListener("submit", attempt(async () => `Queued as ${await app.stage.publish(publication())}`));
    body.append(form, result);

    async function burst() {
      await app.stage.publishAll(Array.from({ length: BURST }, (_, n) => publication({ text: `${text.input.value} (${n + 1} of ${BURST})` })));
      return `Queued ${BURST} messages`;
    }
    async function broken() {
      await app.stage.publish(JSON.stringify({ user_id: "backend", data: "a publication without a room" }));
      return "Queued a publication without a room: look at the dead letters";
    }
  },
};
