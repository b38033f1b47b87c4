// Package broadcast delivers publications from the intake queue to the connections of their rooms. It numbers the messages,
// stores them as history, reads the room's connections, and delivers to a small room itself; the delivery to a large room
// is queued in chunks.
package broadcast
