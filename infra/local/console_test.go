package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/stage"
)

func TestLinesAreReadable(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)
	for _, c := range []struct{ name, stream, text, want string }{
		{
			"JSON becomes level, message and the rest in its order", "stdout",
			`{"time":"2026-01-02T03:04:05Z","level":"INFO","msg":"connected","room":"a b","n":7}`,
			"03:04:05.006 Hub/Connect INFO  connected room=a b n=7\n",
		},
		{"text stays as it is", "stderr", "panic: oh", "03:04:05.006 Hub/Connect panic: oh\n"},
		{"broken JSON stays as it is", "stdout", `{"msg":`, "03:04:05.006 Hub/Connect {\"msg\":\n"},
		{"Lambda's own report is left to the journal", "platform", "END RequestId: 1", ""},
		{"metrics are left to the journal", "stdout", `{"Posts":1,"_aws":{"CloudWatchMetrics":[]}}`, ""},
		{"but a timeout is shown", "platform", "1 Task timed out after 3.00 seconds", "03:04:05.006 Hub/Connect 1 Task timed out after 3.00 seconds\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			newConsole(&out).line(stage.Line{Time: at, Path: "Hub/Connect", Stream: c.stream, Text: c.text})
			if got := out.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
