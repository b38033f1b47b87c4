// Package session is what happens on one connection: it comes, asks, sends and goes. Whoever speaks is known from the
// authorizer's context, never from the frame.
package session
