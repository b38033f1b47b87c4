package runtimetest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	connection = `"connectionId":"c=","authorizer":{"user_id":"u","room_id":"r","expires_at":"9","protocol":"hermes.v1"}`
	messageKey = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	subscriber = "0123456789abcdef0123456789abcdef"
)

// A firstEvent is an event as AWS sends it, a part of the function's answer, and the AWS operations that it calls.
type firstEvent struct {
	event, answer, calls string
}

// firstEvents has one event for each function.
func firstEvents(t testing.TB) map[string]firstEvent {
	t.Helper()
	past := time.Now().Add(-time.Minute).UnixMilli()
	tag := base64.RawURLEncoding.EncodeToString([]byte("g/" + messageKey + "/7"))
	return map[string]firstEvent{
		"notificationhub/authorize": {
			fmt.Sprintf(`{"type":"REQUEST","methodArn":"arn:m","queryStringParameters":{"token":%q},"requestContext":{"connectionId":"c="}}`,
				signed(t, jwt.MapClaims{"user_id": "u", "room_id": "r", "token": "secret"})),
			`"Effect":"Allow"`, "GetSecretValue, GetItem",
		},
		"notificationhub/connect": {
			`{"requestContext":{` + connection + `},"headers":{"Sec-WebSocket-Protocol":"hermes.v1"}}`,
			`"Sec-WebSocket-Protocol":"hermes.v1"`, "PutItem",
		},
		"notificationhub/disconnect": {`{"requestContext":{` + connection + `}}`, `"statusCode":200`, "DeleteItem"},
		"notificationhub/send": {
			`{"requestContext":{` + connection + `},"body":"{\"action\":\"sendMessage\",\"ref\":\"1\",\"data\":1}"}`,
			`"statusCode":200`, "SendMessageBatch, POST /prod/@connections/c=",
		},
		"notificationhub/default": {
			`{"requestContext":{` + connection + `},"body":"{\"action\":\"hello\"}"}`,
			`\"positions\":{\"r\":{\"epoch\":\"e\",\"seq\":12}}`, "Query, GetItem",
		},
		"notificationhub/broadcast": {
			`{"Records":[{"messageId":"1","body":"{\"room_id\":\"r\",\"data\":1}","attributes":{"SentTimestamp":"1700000000000"}}]}`,
			`{"batchItemFailures":[]}`, "Query, GetItem, PutItem, UpdateItem, POST /prod/@connections/c=",
		},
		"notificationhub/deliver": {
			`{"Records":[{"messageId":"1","body":"{\"room_id\":\"r\",\"messages\":[{\"id\":\"m\",\"data\":1}],\"connections\":[{\"id\":\"c=\"}]}"}]}`,
			`{"batchItemFailures":[]}`, "POST /prod/@connections/c=",
		},
		"budgetsubscriber/notify": {
			`{"headers":{"x-amz-sns-message-type":"Notification"},"requestContext":{"http":{"method":"POST"}},"body":"forged"}`,
			`"statusCode":403`, "",
		},
		"messagescheduler/authorize": {
			fmt.Sprintf(`{"headers":{"authorization":"Bearer %s"},"pathParameters":{"group":"g"}}`, signed(t, jwt.MapClaims{"groups": []string{"g"}})),
			`"isAuthorized":true`, "GetSecretValue",
		},
		"messagescheduler/schedule": {
			`{"routeKey":"GET /{group}/schedule","pathParameters":{"group":"g"}}`, `"statusCode":404`, "Query",
		},
		"messagescheduler/subscribers": {
			`{"routeKey":"GET /{group}/subscribers","pathParameters":{"group":"g"}}`, `"statusCode":404`, "Query",
		},
		"messagescheduler/dispatch": {`{}`, `null`, "GetItem, Query, PutItem, GET /bucket"},
		"messagescheduler/expand": {
			fmt.Sprintf(`{"Records":[{"messageId":"1","body":"{\"group\":\"g\",\"key\":\"%s\",\"version\":1,\"due\":%d}"}]}`, messageKey, past),
			`{"batchItemFailures":[]}`, "GetItem",
		},
		"messagescheduler/deliver": {
			fmt.Sprintf(`{"Records":[{"messageId":"1","body":"{\"group\":\"g\",\"key\":\"%s\",\"due\":%d,\"subscriber\":\"%s\",\"object\":\"o.json\",\"email\":\"ada@example.com\"}"}]}`,
				messageKey, past, subscriber),
			`{"batchItemFailures":[]}`, "GET /bucket/o.json, GetSecretValue, UpdateItem, POST /v2/email/outbound-emails",
		},
		"messagescheduler/feedback": {
			fmt.Sprintf(`{"detail":{"eventType":"Send","mail":{"messageId":"m","tags":{"hermes_delivery":[%q],"hermes_subscriber":[%q]}},"send":{}}}`, tag, subscriber),
			`null`, "UpdateItem",
		},
	}
}

// signed returns a token that is valid for an hour.
func signed(t testing.TB, claims jwt.MapClaims) string {
	t.Helper()
	claims["exp"] = time.Now().Add(time.Hour).Unix()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS512, claims).SignedString([]byte(signingKey))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// variables has the environment of each function: what it must not start without.
var variables = map[string][]string{
	"notificationhub/authorize":  {"HERMES_TOKENS_TABLE", "HERMES_SECRET_ARN", "HERMES_METRICS_NAME"},
	"notificationhub/connect":    {"HERMES_CONNECTIONS_TABLE", "HERMES_CONNECTION_TTL"},
	"notificationhub/disconnect": {"HERMES_CONNECTIONS_TABLE", "HERMES_METRICS_NAME"},
	"notificationhub/send":       {"HERMES_QUEUE_URL", "HERMES_MANAGEMENT_ENDPOINT"},
	"notificationhub/default":    {"HERMES_ROOMS_TABLE", "HERMES_MESSAGES_TABLE", "HERMES_METRICS_NAME"},
	"notificationhub/broadcast": {
		"HERMES_CONNECTIONS_TABLE", "HERMES_ROOMS_TABLE", "HERMES_MESSAGES_TABLE", "HERMES_HISTORY_TTL",
		"HERMES_QUEUE_URL", "HERMES_DEAD_LETTER_QUEUE_URL", "HERMES_FANOUT_QUEUE_URL", "HERMES_MANAGEMENT_ENDPOINT",
		"HERMES_METRICS_NAME",
	},
	"notificationhub/deliver": {
		"HERMES_CONNECTIONS_TABLE", "HERMES_FANOUT_QUEUE_URL", "HERMES_FANOUT_DEAD_LETTER_QUEUE_URL", "HERMES_MANAGEMENT_ENDPOINT",
		"HERMES_METRICS_NAME",
	},
	"budgetsubscriber/notify": {
		"HERMES_TOPIC_ARN", "HERMES_SIGNATURE_VERSION", "HERMES_RECEIPTS_TABLE", "HERMES_RECEIPT_TTL", "HERMES_DEAD_LETTER_QUEUE_URL",
		"HERMES_METRICS_NAME",
	},
	"messagescheduler/authorize":   {"HERMES_SECRET_ARN"},
	"messagescheduler/schedule":    {"HERMES_SCHEDULE_TABLE", "HERMES_SUBSCRIBERS_TABLE", "HERMES_DELIVERIES_TABLE", "HERMES_BUCKET", "HERMES_DUE_QUEUE_URL", "HERMES_CHANNELS"},
	"messagescheduler/subscribers": {"HERMES_SUBSCRIBERS_TABLE", "HERMES_SECRET_ARN", "HERMES_SCHEDULE_TABLE", "HERMES_API_URL"},
	"messagescheduler/dispatch":    {"HERMES_SCHEDULE_TABLE", "HERMES_SHARDS", "HERMES_BUCKET", "HERMES_DUE_QUEUE_URL"},
	"messagescheduler/expand": {
		"HERMES_SCHEDULE_TABLE", "HERMES_SUBSCRIBERS_TABLE", "HERMES_DELIVERIES_TABLE", "HERMES_RETENTION", "HERMES_BUCKET",
		"HERMES_DUE_QUEUE_URL", "HERMES_DUE_DEAD_LETTER_QUEUE_URL", "HERMES_METRICS_NAME",
	},
	"messagescheduler/deliver": {
		"HERMES_DELIVERIES_TABLE", "HERMES_BUCKET", "HERMES_DELIVERY_QUEUE_URL", "HERMES_DELIVERY_DEAD_LETTER_QUEUE_URL", "HERMES_SECRET_ARN",
		"HERMES_API_URL", "HERMES_SENDER", "HERMES_SEND_CONCURRENCY", "HERMES_METRICS_NAME",
	},
	"messagescheduler/feedback": {"HERMES_DELIVERIES_TABLE", "HERMES_RETENTION", "HERMES_SUBSCRIBERS_TABLE"},
}

// environment is Lambda's, and that of every construct in one.
func environment(awsURL string) []string {
	return []string{
		"HERMES_CONNECTIONS_TABLE=connections", "HERMES_ROOMS_TABLE=rooms", "HERMES_MESSAGES_TABLE=messages", "HERMES_TOKENS_TABLE=tokens",
		"HERMES_SECRET_ARN=arn:secret", "HERMES_QUEUE_URL=" + awsURL + "/queue", "HERMES_DEAD_LETTER_QUEUE_URL=" + awsURL + "/dead",
		"HERMES_FANOUT_QUEUE_URL=" + awsURL + "/fanout", "HERMES_FANOUT_DEAD_LETTER_QUEUE_URL=" + awsURL + "/fanout-dead",
		"HERMES_MANAGEMENT_ENDPOINT=" + awsURL + "/prod", "HERMES_CONNECTION_TTL=7800", "HERMES_HISTORY_TTL=3600",

		"HERMES_TOPIC_ARN=arn:aws:sns:eu-west-1:123456789012:alerts", "HERMES_SIGNATURE_VERSION=2", "HERMES_RECEIPTS_TABLE=receipts", "HERMES_RECEIPT_TTL=3600",

		"HERMES_SCHEDULE_TABLE=schedule", "HERMES_SUBSCRIBERS_TABLE=subscribers", "HERMES_DELIVERIES_TABLE=deliveries", "HERMES_BUCKET=bucket",
		"HERMES_DUE_QUEUE_URL=" + awsURL + "/due", "HERMES_DUE_DEAD_LETTER_QUEUE_URL=" + awsURL + "/due-dead",
		"HERMES_DELIVERY_QUEUE_URL=" + awsURL + "/delivery", "HERMES_DELIVERY_DEAD_LETTER_QUEUE_URL=" + awsURL + "/delivery-dead",
		"HERMES_API_URL=https://api.example.com", "HERMES_SENDER=no-reply@example.com", "HERMES_SHARDS=1", "HERMES_RETENTION=3600",
		"HERMES_SEND_CONCURRENCY=2", "HERMES_SEND_RATE=10", "HERMES_METRICS_NAME=test", "HERMES_CHANNELS=email,hub",

		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=session",
		"AWS_ENDPOINT_URL=" + awsURL, "AWS_LAMBDA_FUNCTION_NAME=f", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
	}
}

// signingKey signs the tokens of the events.
var signingKey = strings.Repeat("k", 64)
