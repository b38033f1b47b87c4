// Package websocket runs one API Gateway WebSocket API on this machine: the handshake with its Lambda authorizer and
// $connect integration, routes by the content of a message, route responses, limits, $disconnect, and the
// @connections calls.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
package websocket
