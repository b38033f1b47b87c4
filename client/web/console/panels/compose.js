// The form that schedules a message.
import { choice, field, h, say } from "../dom.js";

const UNITS = { 1000: "seconds", 60000: "minutes", 3600000: "hours", at: "at a time" };

/** `schedule(message)` does and reports; the form is left as it is, for the next one. */
export function newCompose(schedule) {
  const subject = field("Subject", { value: "Standup", required: true, maxlength: 998 });
  const text = field("Text", { rows: 3, required: true }, "textarea");
  text.input.value = "In five minutes, room 3.";
  const count = field("In", { type: "number", min: 0, max: 100_000, step: 1, value: 10, required: true });
  const at = field("At", { type: "datetime-local", step: 1 });
  const unit = choice("Unit", UNITS);
  at.element.hidden = true;
  const channels = { email: tick("E-mail"), hub: tick("Hub room") };
  const problem = h("p", { class: "problem", role: "alert" });

  unit.input.addEventListener("change", () => {
    const absolute = unit.input.value === "at";
    at.element.hidden = !absolute;
    count.element.hidden = absolute;
    at.input.required = absolute;
    count.input.disabled = absolute; // hidden, it must not hold the form back
    if (absolute && !at.input.value) at.input.value = local(Date.now() + 60_000);
  });

  const form = h("form", { class: "grid-form", "aria-label": "Schedule a message" },
    h("div", { class: "wide" }, subject.element), h("div", { class: "wide" }, text.element),
    count.element, at.element, unit.element,
    h("fieldset", { class: "ticks wide" }, h("legend", {}, "By"), ...Object.values(channels).map(({ element }) => element)),
    h("div", { class: "actions wide" }, h("button", { type: "submit", class: "primary" }, "Schedule")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const by = Object.keys(channels).filter((name) => channels[name].input.checked);
    say(problem, by.length ? "" : "Choose e-mail, the hub room, or both.");
    if (!by.length) return;
    const due = unit.input.value === "at" ? new Date(at.input.value).getTime() : Date.now() + count.input.valueAsNumber * Number(unit.input.value);
    await schedule({ subject: subject.input.value, body: text.input.value, schedule_on: due, channels: by });
  });
  return h("div", {}, form, problem);
}

function tick(label) {
  const input = h("input", { type: "checkbox", checked: true });
  return { input, element: h("label", {}, input, label) };
}

/** A time as inputs of type datetime-local take it: this machine's zone, to the second. */
function local(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
