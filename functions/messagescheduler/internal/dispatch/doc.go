// Package dispatch puts messages on the due queue shortly before they are due, and removes contents that no message
// refers to.
package dispatch
