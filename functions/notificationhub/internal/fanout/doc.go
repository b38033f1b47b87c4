// Package fanout splits the delivery to a large room into chunks, hands them to a queue, and works them off.
//
// A chunk says which messages go to which connections. What a chunk could not deliver comes back to the queue as a
// smaller chunk, later; after MaxAttempts it ends in the dead-letter queue.
package fanout
