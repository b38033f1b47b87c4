package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
)

func TestLineNamesRequestAndConnection(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := logging.New(&out, "connect", "").With("a", 1)
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "req-1"})
	log.InfoContext(logging.WithConnection(ctx, "con-1"), "joined", "room_id", "r")

	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"level": "INFO", "message": "joined", "function": "connect", "a": 1.0,
		"room_id": "r", "request_id": "req-1", "connection_id": "con-1",
	} {
		if line[key] != want {
			t.Errorf("%s: got %v, want %v", key, line[key], want)
		}
	}
	if line["timestamp"] == nil {
		t.Error("Lambda needs a timestamp")
	}
}

func TestLineNamesATraceThatIsKept(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]any{
		"Root=1-5759e988-bd86;Parent=5399;Sampled=1": "1-5759e988-bd86",
		"Root=1-5759e988-bd86;Parent=5399;Sampled=0": nil,
		"Root=1-5759e988-bd86":                       nil,
		"":                                           nil,
	} {
		var out bytes.Buffer
		ctx := context.WithValue(t.Context(), "x-amzn-trace-id", header) //nolint:revive,staticcheck // the key of aws-lambda-go
		logging.New(&out, "f", "").InfoContext(ctx, "done")
		var line map[string]any
		if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["trace_id"] != want {
			t.Errorf("%s: %v: %s", header, err, &out)
		}
	}
}

func TestALongValueIsCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 1<<20)
	for name, value := range map[string]any{"a text": long, "an error": errors.New(long), "a name": slog.GroupValue(slog.String("s", long))} {
		var out bytes.Buffer
		logging.New(&out, "f", "").Warn("refused", "value", value)
		if out.Len() > 3<<10 || !strings.Contains(out.String(), `ü..."`) || !utf8.Valid(out.Bytes()) {
			t.Errorf("%s: %d bytes: %.200s", name, out.Len(), &out)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		level string
		lines int
	}{{"", 3}, {"nonsense", 3}, {"TRACE", 4}, {"DEBUG", 4}, {"INFO", 3}, {"WARN", 2}, {"ERROR", 1}, {"FATAL", 1}} {
		t.Run("level "+c.level, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := logging.New(&out, "f", c.level).WithGroup("g")
			log.Debug("1")
			log.Info("2")
			log.Warn("3")
			log.Error("4")
			if got := bytes.Count(out.Bytes(), []byte("\n")); got != c.lines {
				t.Errorf("got %d lines, want %d", got, c.lines)
			}
		})
	}
}
