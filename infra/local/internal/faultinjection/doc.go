// Package faultinjection injects faults into a chosen share of calls, so that an app can be shown to survive them: errors,
// throttling, delays, responses lost after the work was done, functions killed, sockets closed, messages repeated and
// reordered, slow cold starts.
//
// Rules are seeded: the same rules and the same sequence of calls give the same faults. Each part of the local stage asks for
// the kinds that it can inject.
package faultinjection
