// Who gets a group's messages by e-mail.
import { field, fill, h } from "../dom.js";

/** The subscribers of a group: `add(subscriber)` and `remove(subscriber)` do and report. */
export function newSubscribers({ add, remove }) {
  const email = field("E-mail address", { type: "email", required: true, maxlength: 254, placeholder: "ada@example.com" });
  const name = field("Name (optional)", { maxlength: 128 });
  const list = h("ul", { class: "subscribers", tabindex: 0, "aria-label": "Subscribers" });
  const form = h("form", { class: "grid-form", "aria-label": "Subscriber" }, email.element, name.element,
    h("div", { class: "actions wide" }, h("button", { type: "submit" }, "Add subscriber")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const added = await add({ email: email.input.value.trim(), ...(name.input.value.trim() && { name: name.input.value.trim() }) });
    if (added) form.reset();
  });
  let shown = "";

  const item = (subscriber) =>
    h("li", { class: "card-foot" },
      h("span", { class: "wrap" }, subscriber.name ? `${subscriber.name}, ${subscriber.email}` : subscriber.email, subscriber.status === "active" ? "" : ` (${subscriber.status})`),
      h("button", { type: "button", class: "quiet", "aria-label": `Remove ${subscriber.email}`, on: { click: () => remove(subscriber).then(() => list.focus({ preventScroll: true })) } }, "Remove"));

  return {
    element: h("div", {}, form, list),
    show(subscribers) {
      const state = JSON.stringify(subscribers);
      if (state === shown) return;
      shown = state;
      fill(list, subscribers.map(item), "Nobody yet.");
    },
  };
}
