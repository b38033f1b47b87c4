package consumer_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A machine is where the consumer works: a folder and what its environment adds to ours.
type machine struct {
	dir string
	env []string
}

// run executes a command and returns what it printed, trimmed.
func (m machine) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	start := time.Now()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(cmd.Environ(), m.env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	t.Logf("%6.1f s  %s %s", time.Since(start).Seconds(), name, strings.Join(args, " "))
	return strings.TrimSpace(string(out))
}

// with returns m with more environment.
func (m machine) with(env ...string) machine {
	return machine{dir: m.dir, env: append(append([]string(nil), m.env...), env...)}
}

// in returns m in another folder.
func (m machine) in(dir string) machine { return machine{dir: dir, env: m.env} }

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
