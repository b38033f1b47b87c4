// E-mail that SES would have sent. It is shown as text, never as markup.
import { fill, h } from "../dom.js";
import { time } from "../format.js";

export const outbox = {
  id: "outbox",
  title: "E-mail outbox",
  hint: "Nothing leaves this machine: mail ends here.",
  needsStage: true,
  mount(body, app) {
    const list = h("ol", { class: "mails", tabindex: 0, "aria-label": "E-mail, newest first" });
    body.append(list);
    let shown = null;
    app.pulse.on("outbox", ({ messages }) => {
      const state = messages.map((m) => m.message_id).join();
      if (state === shown) return; // what is unfolded stays so
      shown = state;
      fill(list, [...messages].reverse().map(item), "No e-mail was sent.");
    });
  },
};

function item({ time: at, from, to, subject, text, html }) {
  return h("li", { class: "card" },
    h("details", {},
      h("summary", {}, h("span", { class: "mail-subject" }, subject || "(no subject)"), h("span", { class: "aside" }, ` to ${to.join(", ")}, ${time(at)}`)),
      h("p", { class: "aside" }, `from ${from}`),
      h("pre", { tabindex: 0, role: "group", "aria-label": `Text of ${subject}` }, text || html)));
}
