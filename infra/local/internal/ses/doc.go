// Package ses is the SES of the local stage: it takes mail by both versions of the API, refuses what SES would refuse
// (unverified senders, more than 50 recipients, malformed addresses, too fast), and keeps the rest in an outbox instead
// of sending it. Nothing leaves the machine.
package ses
