// Elements without markup: whatever a message holds becomes text.

/**
 * Makes an element. Of the properties, `on` holds listeners and `dataset` data attributes; null, undefined and false leave
 * an attribute out. Children are nodes or text.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let ids = 0;

/** An input with its label. */
export function field(label, properties = {}, tag = "input") {
  const id = `field-${++ids}`;
  const input = h(tag, { id, autocomplete: "off", spellcheck: "false", ...properties });
  return { input, element: h("div", { class: "field" }, h("label", { for: id }, label), input) };
}

/** A choice among texts by value, with its label. */
export function choice(label, texts, properties = {}) {
  const made = field(label, properties, "select");
  made.input.append(...Object.entries(texts).map(([value, text]) => h("option", { value }, text)));
  return made;
}

/** Sets text only when it differs, so that screen readers and selections are left alone. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces the children of a list, or shows what to say when there are none. */
export function fill(list, items, nothing) {
  list.replaceChildren(...(items.length ? items : [h("li", { class: "nothing" }, nothing)]));
}
