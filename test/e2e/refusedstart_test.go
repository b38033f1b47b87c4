package e2e

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// refusedStart runs the program, which must end by itself with status 1, and returns what it says beside what it is doing: one line, and
// below it what another program printed.
func refusedStart(t *testing.T, arguments ...string) string {
	t.Helper()
	c, err := command(t.TempDir(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return refused(t, c)
}

func refused(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	s, err := launch(c, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.awaitEnd(); err != nil {
		t.Fatal(err)
	}
	if code := s.command.ProcessState.ExitCode(); code != 1 {
		t.Errorf("the exit code is %d, want 1", code)
	}
	var reasons []string
	for line := range strings.Lines(s.output.String()) {
		if line = strings.TrimSpace(line); !progress.MatchString(line) {
			reasons = append(reasons, line)
		}
	}
	if len(reasons) == 0 || !strings.HasPrefix(reasons[0], "local: ") {
		t.Fatalf("it does not say why:\n%s", s.output)
	}
	return strings.Join(reasons, "\n")
}

// progress lines say what is being done.
var progress = regexp.MustCompile(`^$|^(starting|synthesizing: .*)( \.\.\.( \d+\.\d s.*)?|: \d+\.\d s)$`)

func TestAPortInUseIsToldInOneLine(t *testing.T) {
	t.Parallel()
	h := shared(t)
	address, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	port := address.Port()
	line := refusedStart(t, "-ephemeral", "-port", port, "-assembly", assembly)
	want := "local: port " + port + " is not free: stop what uses it, or choose another with -port N"
	if !strings.HasPrefix(line, want) {
		t.Errorf("got  %s\nwant %s", line, want)
	}
}

func TestAFolderInUseIsToldInOneLine(t *testing.T) {
	t.Parallel()
	h := shared(t)
	line := refusedStart(t, "-ephemeral", "-port", "0", "-assembly", assembly, "-data", h.data)
	want := fmt.Sprintf("local: %s: another local stage uses it (process %d): stop that one, or choose another folder with -data DIR", h.data, h.command.Process.Pid)
	if line != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
}

func TestAWrongArgumentIsToldInOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		arguments []string
		want      string
	}{
		{"an assembly that is not there", []string{"-port", "0", "-assembly", "nowhere"}, "nowhere/manifest.json"},
		{"a port beyond the last", []string{"-port", "65536"}, "-port must be between 0 and 65535, got 65536"},
		{"a word too many", []string{"-port", "0", "start"}, `unexpected argument "start"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if line := refusedStart(t, c.arguments...); !strings.Contains(line, c.want) {
				t.Errorf("got %s, want %s", line, c.want)
			}
		})
	}
}

func TestAMissingToolIsToldInOneLine(t *testing.T) {
	t.Parallel()
	shared(t)
	c, err := command(t.TempDir(), "-ephemeral", "-port", "0", "-assembly", assembly)
	if err != nil {
		t.Fatal(err)
	}
	c.Env = append(os.Environ(), "PATH=/nowhere")
	if got, want := refused(t, c), "local: peers: start fauxqs: node: not installed: install Node.js 20 or newer"; got != want &&
		got != strings.ReplaceAll(want, "fauxqs", "dynalite") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnAppThatDoesNotSynthesizeIsShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	elsewhere := func() *exec.Cmd {
		c, err := command(filepath.Join(dir, "data"), "-ephemeral", "-port", "0")
		if err != nil {
			t.Fatal(err)
		}
		c.Dir = dir
		return c
	}
	want := "local: there is no cdk.json here: run from the root of a CDK app, name its command with -app COMMAND, or a cloud assembly with -assembly DIR"
	if got := refused(t, elsewhere()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	app := `{"app": "echo stack.go:7: undefined: hub >&2; exit 3"}`
	if err := os.WriteFile(filepath.Join(dir, "cdk.json"), []byte(app), 0o600); err != nil {
		t.Fatal(err)
	}
	got := refused(t, elsewhere())
	if !strings.HasPrefix(got, "local: the app does not synthesize (") || !strings.HasSuffix(got, "exit status 3):\nstack.go:7: undefined: hub") {
		t.Errorf("got %s", got)
	}
}
