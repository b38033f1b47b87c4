// Package snsevent handles the function's events, each of which carries messages of SNS: requests of an HTTP API, events
// of SNS itself, and records of the redrive queue.
package snsevent
