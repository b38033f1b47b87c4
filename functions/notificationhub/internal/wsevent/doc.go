// Package wsevent adapts the events of an API Gateway WebSocket API to the domain, and its answers to responses.
package wsevent
