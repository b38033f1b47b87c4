package main

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestATickIsNeverSilentForTwoSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		ticker := tick(&out, "synthesizing: make app")
		io.WriteString(ticker, "hermes: 3 of 15\nhermes: 7 of ") //nolint:errcheck // it never fails
		time.Sleep(2 * time.Second)
		io.WriteString(ticker, "15\n"+strings.Repeat("x", 80)+"\n") //nolint:errcheck // it never fails
		time.Sleep(2 * time.Second)
		ticker.end()
		want := "synthesizing: make app ...\n" +
			"synthesizing: make app ... 1.8 s: hermes: 3 of 15\n" +
			"synthesizing: make app ... 3.6 s: " + strings.Repeat("x", 59) + "…\n" +
			"synthesizing: make app: 4.0 s\n"
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", &out, want)
		}
	})
}
