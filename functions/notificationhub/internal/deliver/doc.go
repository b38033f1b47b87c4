// Package deliver posts messages to the connections of a room, many at a time, so that no connection delays another:
// a throttled one waits outside the pool, a slow one holds a single place of it, and a gone one is removed from the room.
package deliver
