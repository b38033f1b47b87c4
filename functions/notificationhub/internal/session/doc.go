// Package session handles the life of one connection: it joins its room, publishes, asks for history, and leaves. The
// caller's identity comes from the authorizer's context, never from the frame.
package session
