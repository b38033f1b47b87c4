// Package expand turns a due occurrence into one delivery for each subscriber and one message for the hub, and moves a
// repeat to its next occurrence.
package expand
