// Package frame is the server side of RFC 6455's framing: what a WebSocket gateway needs once a socket is upgraded.
//
// Why not github.com/coder/websocket on this side: API Gateway limits each *frame* to 32 KB and each message to
// 128 KB, and that library shows its caller messages only. Measured on v1.8.15: one frame of 40,000 bytes is read
// without an error under a message limit of 128 KB. Its writes also wait for a slow client, where API Gateway buffers
// and then answers 429. Memory was no reason (22 KB a socket there). The tests use that library as the client.
//
// https://www.rfc-editor.org/rfc/rfc6455
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
package frame
