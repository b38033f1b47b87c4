// Package roomlog numbers the messages of a room and keeps them, in one atomic write.
//
// A room's log is a chain of rows. A row holds the messages of one batch and stands at the number of its first; the next
// row begins where it ends. Whoever appends writes the row that begins at the room's tail, on condition that none is there:
// the row is the reservation of its numbers, so that a number without its message never exists. A conflict means that
// another worker was faster: what it wrote is read, and the next row tried.
//
// A worker remembers the tail of the rooms that it serves (a replica), so that an append is one write. A successful write at
// the tail proves that the replica was complete up to there. That is also how repeats are found: a record that is delivered
// again, and a publication that was sent again, are looked up in the replica, and need no table of ids.
package roomlog
