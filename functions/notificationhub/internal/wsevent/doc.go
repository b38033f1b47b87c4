// Package wsevent turns the events of an API Gateway WebSocket API into calls of the domain, and its answers into responses.
package wsevent
