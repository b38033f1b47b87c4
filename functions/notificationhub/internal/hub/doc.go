// Package hub holds what every part of the NotificationHub speaks about: messages, connections, callers and positions.
//
// It and the packages below it are the domain: they know no AWS SDK, and reach tables, queues and sockets through
// one-method interfaces that each package declares for what it needs.
package hub
