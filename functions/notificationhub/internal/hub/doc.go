// Package hub has the types that every part of the NotificationHub shares: messages, connections, callers and positions.
//
// It and the packages admission, broadcast, deliver, directory, fanout, frame and session are the domain. They import no AWS
// SDK, and use tables, queues and sockets through one-method interfaces that each package declares for what it needs.
package hub
