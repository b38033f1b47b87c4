// Package expand turns an occurrence that is due into one send for each subscriber and one message for the hub, and lets
// a repeat go on to its next occurrence.
package expand
