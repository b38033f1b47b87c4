// Package broadcast brings publications from the intake queue to the connections of their rooms: it numbers them, keeps
// them for those who come back later, finds the room's connections, and delivers or has delivered.
package broadcast
