// Toasts for the eye, and a sentence now and then for screen readers.
import { h } from "./dom.js";
import { summary } from "./format.js";
import { hue } from "./hue.js";

const SHOWN = 3;
const LIFE = 4500;
const BREATH = 1500; // between announcements: a burst must not talk without end

export function newToasts(container, announcer) {
  let unheard = 0;
  let latest = "";
  let resting = false;

  function announce() {
    if (resting || !unheard) return;
    announcer.textContent = unheard === 1 ? latest : `${unheard} new messages`;
    unheard = 0;
    resting = true;
    setTimeout(() => {
      resting = false;
      announce();
    }, BREATH);
  }

  return {
    /** Shows a message that a user received. */
    show(user, message) {
      const text = summary(message.data);
      const type = String(message.data?.type ?? "message");
      const toast = h(
        "div", { class: "toast", dataset: { hue: hue(type) } },
        h("p", { class: "toast-head" }, h("span", { class: "tag", dataset: { hue: hue(type) } }, type), h("span", {}, `to ${user}`)),
        h("p", { class: "toast-text" }, text),
      );
      container.prepend(toast);
      while (container.children.length > SHOWN) container.lastChild.remove();
      setTimeout(() => toast.classList.add("going"), LIFE);
      setTimeout(() => toast.remove(), LIFE + 300);
      unheard++;
      latest = `${user} received ${type}: ${text}`;
      announce();
    },
    /** Says something that is no message. */
    say(text) {
      announcer.textContent = text;
    },
  };
}
