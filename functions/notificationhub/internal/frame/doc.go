// Package frame is the wire format of the hub's connections: it reads the frames that clients send and writes those that
// they receive. client/PROTOCOL.md describes them.
//
// Two kinds of client exist. A hermes.v1 client offered that subprotocol, and receives typed frames with several messages
// in each. A classic client offered none, and receives one message a frame.
package frame
