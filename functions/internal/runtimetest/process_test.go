package runtimetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// eventFor is a first event, as API Gateway and SQS send it.
func eventFor(t testing.TB, function string) []byte {
	t.Helper()
	const connection = `"connectionId":"c=","authorizer":{"user_id":"u","room_id":"r","expires_at":"9","protocol":"hermes.v1"}`
	switch function {
	case "authorize":
		signed, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{
			"user_id": "u", "room_id": "r", "token": "secret", "exp": time.Now().Add(time.Hour).Unix(),
		}).SignedString([]byte(signingKey))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Appendf(nil, `{"type":"REQUEST","methodArn":"arn:m","queryStringParameters":{"token":%q},"requestContext":{"connectionId":"c="}}`, signed)
	case "broadcast":
		return []byte(`{"Records":[{"messageId":"1","body":"{\"room_id\":\"r\",\"data\":1}","attributes":{"SentTimestamp":"1700000000000"}}]}`)
	case "deliver":
		return []byte(`{"Records":[{"messageId":"1","body":"{\"room_id\":\"r\",\"messages\":[{\"id\":\"m\",\"data\":1}],\"connections\":[{\"id\":\"c=\"}]}"}]}`)
	case "send":
		return []byte(`{"requestContext":{` + connection + `},"body":"{\"action\":\"sendMessage\",\"ref\":\"1\",\"data\":1}"}`)
	case "default":
		return []byte(`{"requestContext":{` + connection + `},"body":"{\"action\":\"hello\"}"}`)
	default:
		return []byte(`{"requestContext":{` + connection + `},"headers":{"Sec-WebSocket-Protocol":"hermes.v1"}}`)
	}
}

func TestFunctionAnswersItsFirstEvent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ function, answer, calls string }{
		{"authorize", `"Effect":"Allow"`, "GetSecretValue, GetItem"},
		{"connect", `"Sec-WebSocket-Protocol":"hermes.v1"`, "PutItem"},
		{"disconnect", `"statusCode":200`, "DeleteItem"},
		{"send", `{\"type\":\"ok\",\"ref\":\"1\"}`, "SendMessageBatch"},
		{"default", `\"positions\":{\"r\":{\"epoch\":\"e\",\"seq\":12}}`, "GetItem"},
		{"broadcast", `{"batchItemFailures":[]}`, "UpdateItem, BatchWriteItem, Query, POST /prod/@connections/c="},
		{"deliver", `{"batchItemFailures":[]}`, "POST /prod/@connections/c="},
	} {
		t.Run(c.function, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, c.function, eventFor(t, c.function))
			if !strings.HasSuffix(got.answer.path, "/request-1/response") || !strings.Contains(got.answer.body, c.answer) {
				t.Errorf("answered %s %s", got.answer.path, got.answer.body)
			}
			if got.aws.seen() != c.calls {
				t.Errorf("called %s", got.aws.seen())
			}
			for line := range strings.Lines(got.log) {
				if !json.Valid([]byte(line)) || strings.Contains(line, "secret") || strings.Contains(line, signingKey) {
					t.Errorf("logged %s", line)
				}
			}
			t.Logf("answered %v after its start, with %.1f MB", got.first.Round(time.Millisecond), got.peakMB)
		})
	}
}

func TestMissingVariableStopsTheFunction(t *testing.T) {
	t.Parallel()
	for function, variables := range map[string][]string{
		"authorize":  {"HERMES_TOKENS_TABLE", "HERMES_SECRET_ARN"},
		"connect":    {"HERMES_CONNECTIONS_TABLE", "HERMES_CONNECTION_TTL"},
		"disconnect": {"HERMES_CONNECTIONS_TABLE"},
		"send":       {"HERMES_QUEUE_URL"},
		"default":    {"HERMES_ROOMS_TABLE", "HERMES_MESSAGES_TABLE"},
		"broadcast": {
			"HERMES_CONNECTIONS_TABLE", "HERMES_ROOMS_TABLE", "HERMES_MESSAGES_TABLE", "HERMES_HISTORY_TTL",
			"HERMES_DEAD_LETTER_QUEUE_URL", "HERMES_FANOUT_QUEUE_URL", "HERMES_MANAGEMENT_ENDPOINT",
		},
		"deliver": {
			"HERMES_CONNECTIONS_TABLE", "HERMES_FANOUT_QUEUE_URL", "HERMES_FANOUT_DEAD_LETTER_QUEUE_URL", "HERMES_MANAGEMENT_ENDPOINT",
		},
	} {
		for _, missing := range variables {
			t.Run(function+" without "+missing, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				process := exec.CommandContext(ctx, binary(t, function))
				for _, variable := range environment("http://127.0.0.1:1") {
					if !strings.HasPrefix(variable, missing+"=") {
						process.Env = append(process.Env, variable)
					}
				}
				out, err := process.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != 1 {
					t.Errorf("ended with %v", err)
				}
				var line struct{ Level, Function, Message string }
				if err := json.Unmarshal(out, &line); err != nil || line.Level != "ERROR" || line.Function != function || !strings.Contains(string(out), "env: "+missing+" is not set") {
					t.Errorf("logged %s", out)
				}
			})
		}
	}
}

// BenchmarkColdStart reports the time from the start of a process to its first answer, and its memory then.
func BenchmarkColdStart(b *testing.B) {
	for _, f := range functions {
		b.Run(f, func(b *testing.B) {
			binary(b, f)
			var first time.Duration
			var peak float64
			for b.Loop() {
				got := invoke(b, f, eventFor(b, f))
				first += got.first
				peak = max(peak, got.peakMB)
			}
			b.ReportMetric(float64(first.Microseconds())/1000/float64(b.N), "ms/first-answer")
			b.ReportMetric(peak, "MB-peak")
		})
	}
}

// BenchmarkFullBatch reports the memory of deliver after the largest batch of its event source mapping: ten chunks of 250.
func BenchmarkFullBatch(b *testing.B) {
	binary(b, "deliver")
	var connections, records []string
	for i := range 250 {
		connections = append(connections, fmt.Sprintf(`{\"id\":\"L0SM9cOF%dA=\"}`, i))
	}
	for i := range 10 {
		records = append(records, fmt.Sprintf(`{"messageId":"%d","body":"{\"room_id\":\"r\",\"messages\":[{\"id\":\"m\",\"data\":1}],\"connections\":[%s]}"}`,
			i, strings.Join(connections, ",")))
	}
	event := []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
	var peak float64
	for b.Loop() {
		got := invoke(b, "deliver", event)
		if got.answer.body != `{"batchItemFailures":[]}` {
			b.Fatalf("answered %s", got.answer.body)
		}
		peak = max(peak, got.peakMB)
	}
	b.ReportMetric(peak, "MB-peak")
}
