// Package contract holds the names on which the NotificationHub construct, its functions and its callers agree:
// environment variables, route keys, table attributes, limits and the wire formats of the intake queue.
//
// It imports the standard library only, so that a CDK app, a Lambda function and a backend can all share it.
package contract

import "time"

// Functions of the construct, in the order in which a connection meets them. Each is a folder beside this package.
const (
	FunctionAuthorize  = "authorize"
	FunctionConnect    = "connect"
	FunctionDisconnect = "disconnect"
	FunctionSend       = "send"
	FunctionDefault    = "default"
	FunctionBroadcast  = "broadcast"
	FunctionDeliver    = "deliver"
)

// Environment variables of the functions. Each function reads only those it needs, once, at cold start.
const (
	EnvConnectionsTable = "HERMES_CONNECTIONS_TABLE" // name of the Connections table
	EnvRoomsTable       = "HERMES_ROOMS_TABLE"       // name of the Rooms table
	EnvMessagesTable    = "HERMES_MESSAGES_TABLE"    // name of the Messages table
	EnvTokensTable      = "HERMES_TOKENS_TABLE"      // name of the Tokens table
	EnvSecretARN        = "HERMES_SECRET_ARN"        // ARN of the signing secret
	EnvQueueURL         = "HERMES_QUEUE_URL"         // URL of the intake queue
	EnvDeadLetterURL    = "HERMES_DEAD_LETTER_QUEUE_URL"
	EnvFanoutURL        = "HERMES_FANOUT_QUEUE_URL"             // URL of the queue of chunks
	EnvFanoutDeadURL    = "HERMES_FANOUT_DEAD_LETTER_QUEUE_URL" // URL of the dead-letter queue of chunks
	EnvManagementURL    = "HERMES_MANAGEMENT_ENDPOINT"          // https://{api}.execute-api.{region}.{suffix}/{stage}
	EnvPostRate         = "HERMES_POST_RATE"                    // broadcast, deliver: optional, the most posts a second of one instance
	EnvAllowedOrigins   = "HERMES_ALLOWED_ORIGINS"              // comma-separated; empty or unset allows every origin
	EnvConnectionTTL    = "HERMES_CONNECTION_TTL"               // seconds a connection row is kept
	EnvHistoryTTL       = "HERMES_HISTORY_TTL"                  // seconds a message is stored; 0 stores none
	EnvMetricsName      = "HERMES_METRICS_NAME"                 // value of MetricDimension
)

// Metrics, in the embedded metric format on standard output.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const (
	MetricNamespace         = "Hermes/NotificationHub"
	MetricDimension         = "Hub"
	MetricPublications      = "Publications"      // count: messages that were numbered and kept
	MetricDeliveries        = "Deliveries"        // count: messages that reached a connection
	MetricDeliveryLag       = "DeliveryLag"       // milliseconds from the oldest message of a delivery being queued to its last post
	MetricPosts             = "Posts"             // count: requests to @connections
	MetricGone              = "Gone"              // count: connections found closed (410)
	MetricThrottled         = "Throttled"         // count: posts that API Gateway throttled (429)
	MetricHistoryReads      = "HistoryReads"      // count: questions for history
	MetricResets            = "Resets"            // count: answers that say that messages cannot be had any more
	MetricRefusedTokens     = "RefusedTokens"     // count: handshakes denied; the log says why
	MetricConnectionSeconds = "ConnectionSeconds" // seconds that a connection has lived when it ends
	MetricColdStarts        = "ColdStarts"        // count: starts of a function's process
)

// Route keys of the WebSocket API. The route selection expression is $request.body.action.
const (
	RouteConnect     = "$connect"
	RouteDisconnect  = "$disconnect"
	RouteDefault     = "$default"
	RouteHello       = "hello"
	RoutePing        = "ping"
	RouteHistory     = "history"
	RouteSendMessage = "sendMessage"
)

// Actions returns the values of "action" that a client may send, in alphabetical order.
func Actions() []string { return []string{RouteHello, RouteHistory, RoutePing, RouteSendMessage} }

// RouteSelectionExpression picks the route of a frame.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
const RouteSelectionExpression = "$request.body.action"

// Names of the subprotocol and of the query parameter that carries a token instead.
const (
	Subprotocol            = "hermes.v1"
	SubprotocolTokenPrefix = "hermes.token."
	TokenQueryParameter    = "token"
)

// Keys of the authorizer's context. API Gateway passes them to every later event of the connection.
const (
	ContextUserID    = "user_id"
	ContextRoomID    = "room_id"
	ContextExpiresAt = "expires_at" // the token's exp, seconds since the epoch, as text
	ContextProtocol  = "protocol"   // Subprotocol, or "" for a classic client
)

// Attributes of the tables.
const (
	AttributeRoomID       = "room_id"       // Connections, Rooms, Messages: partition key; Tokens: sort key
	AttributeConnectionID = "connection_id" // Connections: sort key, "{connected_at}:{id}", so that a room's rows are in the order of connecting
	AttributeUserID       = "user_id"       // Tokens: partition key; Connections: partition key of IndexByUser
	AttributeProtocol     = "protocol"      // Connections
	AttributeConnectedAt  = "connected_at"  // Connections: milliseconds since the epoch
	AttributeSeq          = "seq"           // Rooms: the last number used; Messages: sort key
	AttributeEpoch        = "epoch"         // Rooms: changes when the counter restarts
	AttributeToken        = "token"         // Tokens: "$2..." (bcrypt) or "sha256:<hex>"
	AttributeTTL          = "expires_at"    // Connections, Messages, Tokens: seconds since the epoch

	IndexByUser = "by_user" // Connections: user_id, room_id
)

// Message attributes of a dead letter: why it was refused, and whether ("true") it would be refused again.
const (
	AttributeError     = "error"
	AttributePermanent = "permanent"
)

// Keys of the signing secret's JSON.
const (
	SecretSigningKey         = "signing_key"
	SecretPreviousSigningKey = "previous_signing_key"
	SecretPasscode           = "passcode"
)

// Limits.
const (
	// MaxFrameBytes bounds every frame the hub sends: one billed unit and one WebSocket frame of API Gateway, which are
	// 32 KB. AWS does not say whether that is 32,000 bytes or 32,768; this fits both.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
	MaxFrameBytes = 32_000
	// MaxNameBytes bounds user_id, room_id and id. A table key may be larger; a name need not be.
	MaxNameBytes = 256
	// MaxRefBytes bounds the ref of a client's frame, which the answer repeats.
	MaxRefBytes = 64
	// MinSigningKeyBytes is the least length of a signing key that the authorizer accepts.
	MinSigningKeyBytes = 32
	// MaxTokenBytes bounds a token; API Gateway's URL ends at 4,096 characters.
	MaxTokenBytes = 4096
	// SmallRoom is the number of connections up to which a room is delivered without chunk messages,
	// and the number of connections of one chunk.
	SmallRoom = 250
)

// DefaultConnectionTTL outlives API Gateway's connection life of two hours.
const DefaultConnectionTTL = 2*time.Hour + 10*time.Minute
