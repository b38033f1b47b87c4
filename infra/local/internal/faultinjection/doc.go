// Package faultinjection makes a chosen share of calls go wrong, so that what runs on the local stage can be shown to survive
// it: errors, throttling, delays, answers lost after the work was done, functions killed and sockets closed.
//
// Rules are seeded: the same rules and the same sequence of calls give the same faults. What a kind means is up to the
// part that asks: the AWS endpoint and the gateway know error, throttle, delay and drop, the function supervisor knows
// kill, the gateway knows close.
package faultinjection
