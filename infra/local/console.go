package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/stage"
)

// A console prints what functions write, one colour a function where colours are possible.
type console struct {
	mu     sync.Mutex
	out    io.Writer
	colour bool
	codes  map[string]string
	width  int
}

func newConsole(out io.Writer) *console {
	return &console{out: out, colour: terminal(out), codes: map[string]string{}}
}

// line prints one line. Lambda's START, END and REPORT lines, and metrics, are left to /_local/logs: they would drown the rest.
func (c *console) line(l stage.Line) {
	if strings.Contains(l.Text, `"_aws":{"CloudWatchMetrics"`) {
		return
	}
	if l.Stream == "platform" && !strings.Contains(l.Text, "timed out") && !strings.Contains(l.Text, "error") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.width = max(c.width, min(len(l.Path), 40))
	name := fmt.Sprintf("%-*s", c.width, l.Path)
	if c.colour {
		name = "\x1b[" + c.code(l.Function) + "m" + name + "\x1b[0m"
	}
	fmt.Fprintf(c.out, "%s %s %s\n", l.Time.Format("15:04:05.000"), name, readable(l.Text))
}

// code gives each function a colour in the order of their first lines.
func (c *console) code(function string) string {
	palette := []string{"36", "33", "35", "32", "34", "96", "93", "95", "92", "94"}
	if c.codes[function] == "" {
		c.codes[function] = palette[len(c.codes)%len(palette)]
	}
	return c.codes[function]
}

// readable turns a JSON log line into text: level and message first, then the rest as key=value.
func readable(text string) string {
	var entry struct{ Level, Msg, Message string }
	decoder := json.NewDecoder(strings.NewReader(text))
	if !strings.HasPrefix(text, "{") || decoder.Decode(&entry) != nil || entry.Msg == "" && entry.Message == "" {
		return text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-5s %s", entry.Level, entry.Msg+entry.Message)
	for _, f := range fields(text) {
		switch f.key {
		case "time", "timestamp", "level", "msg", "message":
		default:
			fmt.Fprintf(&b, " %s=%s", f.key, f.value)
		}
	}
	return b.String()
}

type field struct{ key, value string }

// fields lists the members of a JSON object in their order.
func fields(text string) []field {
	decoder := json.NewDecoder(strings.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil
	}
	var found []field
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return found
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return found
		}
		found = append(found, field{fmt.Sprint(key), strings.Trim(string(value), `"`)})
	}
	return found
}
