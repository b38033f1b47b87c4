// Package apigateway runs the API Gateway APIs of an assembly under one path, /_aws/execute-api/{apiId}/...: WebSocket APIs
// with their @connections calls, and HTTP APIs. Each kind has a package of its own; this one dispatches between them.
package apigateway
