// Package fanout splits the delivery to a large room into chunks, queues them, and delivers them.
//
// A chunk lists messages and the connections to deliver them to. What could not be delivered is queued again, with a
// delay, as a smaller chunk; after MaxAttempts its connections are closed, so that their clients recover.
package fanout
