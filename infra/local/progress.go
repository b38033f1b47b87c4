package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// How often the line of a tick is written: in place on a terminal, on a new line elsewhere, so that nobody takes it for dead.
const (
	beatOnTerminal = 100 * time.Millisecond
	beatElsewhere  = 1800 * time.Millisecond
	shownOfStatus  = 60 // characters
)

// A ticker shows what is being done, for how long, and how far it is, in one line. What is written to it is the progress of
// what it waits for: it shows the last line.
type ticker struct {
	out    io.Writer
	what   string
	begun  time.Time
	done   chan struct{}
	ended  sync.WaitGroup
	mu     sync.Mutex
	status string
	rest   []byte // of a line not yet whole
}

// tick starts a ticker; end ends its line.
func tick(out io.Writer, what string) *ticker {
	t := &ticker{out: out, what: what, begun: time.Now(), done: make(chan struct{})}
	over, beat := "", beatElsewhere
	if terminal(out) {
		over, beat = "\r\x1b[K", beatOnTerminal
	} else {
		fmt.Fprintf(out, "%s ...\n", what)
	}
	t.ended.Go(func() { t.beat(over, beat) })
	return t
}

func (t *ticker) beat(over string, every time.Duration) {
	beats := time.NewTicker(every)
	defer beats.Stop()
	end := "\n"
	if over != "" {
		end = ""
	}
	for {
		select {
		case <-beats.C:
			fmt.Fprintf(t.out, "%s%s ... %.1f s%s%s", over, t.what, time.Since(t.begun).Seconds(), t.far(), end)
		case <-t.done:
			fmt.Fprintf(t.out, "%s%s: %.1f s\n", over, t.what, time.Since(t.begun).Seconds())
			return
		}
	}
}

func (t *ticker) end() { close(t.done); t.ended.Wait() }

// far is the status, short enough for a line.
func (t *ticker) far() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	status := []rune(t.status)
	if len(status) == 0 {
		return ""
	}
	if len(status) > shownOfStatus {
		status = append(status[:shownOfStatus-1], '…')
	}
	return ": " + string(status)
}

// Write implements io.Writer. It never fails.
func (t *ticker) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rest = append(t.rest, p...)
	if end := bytes.LastIndexByte(t.rest, '\n'); end >= 0 {
		lines := strings.Split(strings.TrimSpace(string(t.rest[:end])), "\n")
		t.status = lines[len(lines)-1]
		t.rest = t.rest[end+1:]
	}
	return len(p), nil
}

// terminal says whether the writer is a terminal that may be written over and coloured.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
