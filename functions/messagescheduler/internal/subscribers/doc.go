// Package subscribers manages who receives a group's messages: adding, listing, removing, and the signed links that
// unsubscribe or confirm without a login.
package subscribers
