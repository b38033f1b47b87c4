// Package subscribers is the domain of who receives a group's messages: adding, listing, removing, and the signed links by
// which people leave, or confirm, without a login.
package subscribers
