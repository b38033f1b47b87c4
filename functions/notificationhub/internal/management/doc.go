// Package management posts frames to WebSocket connections through API Gateway's management endpoint (@connections).
//
// Requests are signed by hand over a plain HTTP client: the SDK's client takes three times the CPU for a post, and CPU is
// what a fan-out costs.
package management
