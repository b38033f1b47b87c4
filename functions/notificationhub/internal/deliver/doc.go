// Package deliver posts messages to the connections of a room, many at a time, so that no connection delays another: a
// throttled one waits outside the pool, a slow one occupies a single slot, and a gone one is removed from the room.
package deliver
