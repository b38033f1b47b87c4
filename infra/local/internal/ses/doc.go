// Package ses is the SES of the local stage: it serves version 2 of the API, refuses what SES would refuse (unverified
// identities, more than 50 recipients, malformed addresses, too many mails a second), and keeps the rest in an outbox instead
// of sending it. Nothing leaves the machine.
package ses
