// The same type has the same colour everywhere.

const HUES = 6;

/** One of the colours of the style sheet, "0" to "5". */
export function hue(type) {
  let sum = 0;
  for (const char of type) sum = (sum * 37 + char.codePointAt(0)) % 9973;
  return String(sum % HUES);
}
