// Package delivery sends an occurrence to a subscriber by e-mail, once: a conditional record for each recipient and
// occurrence is claimed before the mail is sent and settled after.
package delivery
