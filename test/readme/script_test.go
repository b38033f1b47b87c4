package readme

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// A script is the commands of a page. Each is taken by a step of a test, or left with a reason.
type script struct {
	page string
	all  []*command
}

func scriptOf(t *testing.T, page string) *script {
	t.Helper()
	return &script{page: page, all: commands(t, page)}
}

// take returns the command that begins so, as it is printed.
func (s *script) take(t *testing.T, prefix string) string {
	t.Helper()
	for _, c := range s.all {
		if strings.HasPrefix(c.text, prefix) && !c.done {
			c.done = true
			report("ran      %s:%d: %s", s.page, c.line, c.text)
			return c.text
		}
	}
	t.Fatalf("%s does not print %q any more, which this test runs", s.page, prefix)
	return ""
}

// leave says why a command is not run.
func (s *script) leave(t *testing.T, text, reason string) {
	t.Helper()
	for _, c := range s.all {
		if c.text == text && !c.done {
			c.done = true
			report("not run  %s:%d: %s: %s", s.page, c.line, c.text, reason)
			return
		}
	}
	t.Errorf("%s does not print %q any more, which this test leaves", s.page, text)
}

// finish fails the test for what was neither run nor left.
func (s *script) finish(t *testing.T) {
	t.Helper()
	for _, c := range s.all {
		if !c.done {
			t.Errorf("%s:%d prints %q, which nothing runs: take it in a step of this test, or leave it with a reason", s.page, c.line, c.text)
		}
	}
}

// skip leaves a subtest and says so at the end.
func skip(t *testing.T, what, reason string) {
	t.Helper()
	report("not run  %s: %s", what, reason)
	t.Skip("not run: " + reason)
}

var lines struct {
	sync.Mutex
	all []string
}

// report keeps a line for the end, where it is printed even if all is well.
func report(format string, values ...any) {
	lines.Lock()
	defer lines.Unlock()
	lines.all = append(lines.all, fmt.Sprintf(format, values...))
}

// printReport prints what was run and what was not, and writes it to the file that README_REPORT names: the go command hides the
// output of packages that pass.
func printReport() error {
	text := strings.Join(lines.all, "\n") + "\n"
	fmt.Print(text)
	if file := os.Getenv("README_REPORT"); file != "" {
		return os.WriteFile(file, []byte(text), 0o644)
	}
	return nil
}
