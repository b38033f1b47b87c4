// Package dispatch puts messages on the due queue shortly before they are due, and sweeps content that no message points to.
package dispatch
