// Package frame is the wire format of the hub's connections: it parses the frames that clients send and encodes those that
// they receive. client/PROTOCOL.md describes them.
//
// There are two kinds of client. A hermes.v1 client offered that subprotocol, and receives typed frames with several
// messages each. A classic client offered none, and receives one message per frame.
package frame
