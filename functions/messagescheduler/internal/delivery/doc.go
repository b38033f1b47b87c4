// Package delivery sends one occurrence to one subscriber by mail, once: a conditional record for each recipient and
// occurrence is claimed before the mail is handed over and settled after.
package delivery
