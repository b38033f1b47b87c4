package lambda

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestInitFailures(t *testing.T) {
	t.Parallel()
	exited := func(reason string) func(Result) string {
		return func(r Result) string {
			return `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + r.RequestID + ` Error: ` + reason + `"}`
		}
	}
	cases := []struct {
		name, mode string
		want       func(Result) string
	}{
		{"a runtime that exits with a status during init", "exit", exited("Runtime exited with error: exit status 3")},
		{"a runtime that leaves during init", "leave", exited("Runtime exited without providing a reason")},
	}
	for _, c := range cases {
		t.Run(c.name+" is tried twice and reported", func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, func(_ *Config, f *Function) { f.Environment = map[string]string{"INIT": c.mode} })
			r := s.must(t, `{}`)
			if r.FunctionError != "Unhandled" || string(r.Payload) != c.want(r) {
				t.Errorf("%s %s", r.FunctionError, r.Payload)
			}
			for _, phase := range []string{"init", "invoke"} {
				want := regexp.MustCompile(`^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: ` + phase + `\tStatus: error\tError Type: Runtime\.ExitError$`)
				if line := s.lines.find("Phase: " + phase); !want.MatchString(line) {
					t.Errorf("line %q", line)
				}
			}
			if got := s.Instances(); len(got) != 0 {
				t.Errorf("instances are left: %v", got)
			}
		})
	}
	t.Run("a runtime that comes up at the second attempt serves", func(t *testing.T) {
		t.Parallel()
		marker := filepath.Join(t.TempDir(), "marker")
		s := newSetup(t, func(_ *Config, f *Function) { f.Environment = map[string]string{"INIT": "once", "MARKER": marker} })
		if r := s.must(t, `{}`); r.FunctionError != "" {
			t.Errorf("payload %s", r.Payload)
		}
		if s.lines.find("not yet") == "" {
			t.Error("the output of the failed init is missing")
		}
	})
	t.Run("a runtime that hangs during init meets the function's timeout", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, func(c *Config, f *Function) {
			c.InitTimeout, f.Timeout = 100*time.Millisecond, 200*time.Millisecond
			f.Environment = map[string]string{"INIT": "hang"}
		})
		r := s.must(t, `{}`)
		if !strings.HasSuffix(string(r.Payload), ` Task timed out after 0.20 seconds"}`) {
			t.Errorf("payload %s", r.Payload)
		}
		if line := s.lines.find("Phase: init"); !strings.HasSuffix(line, "Status: timeout") {
			t.Errorf("line %q", line)
		}
	})
	t.Run("a folder without bootstrap is reported", func(t *testing.T) {
		t.Parallel()
		empty := t.TempDir()
		s := newSetup(t, func(_ *Config, f *Function) { f.CodeDir = empty })
		r := s.must(t, `{}`)
		want := `{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: ` + r.RequestID +
			` Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"}`
		if string(r.Payload) != want {
			t.Errorf("payload %s", r.Payload)
		}
	})
	t.Run("an error posted to init/error is the payload", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		script := `#!/bin/sh
exec 3<>/dev/null
body='{"errorMessage":"no table","errorType":"Config.Missing"}'
host=${AWS_LAMBDA_RUNTIME_API%:*} port=${AWS_LAMBDA_RUNTIME_API#*:}
exec /usr/bin/env bash -c 'exec 3<>/dev/tcp/$0/$1; printf "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: ${#2}\r\n\r\n%s" "$2" >&3; read -r line <&3; exit 1' "$host" "$port" "$body"
`
		if err := os.WriteFile(filepath.Join(dir, "bootstrap"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		s := newSetup(t, func(_ *Config, f *Function) { f.CodeDir = dir })
		r := s.must(t, `{}`)
		if string(r.Payload) != `{"errorMessage":"no table","errorType":"Config.Missing"}` || r.FunctionError != "Unhandled" {
			t.Errorf("payload %s", r.Payload)
		}
		if line := s.lines.find("Phase: init"); !strings.HasSuffix(line, "Error Type: Config.Missing") {
			t.Errorf("line %q", line)
		}
	})
	t.Run("a runtime that registers for SIGTERM comes up", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, func(_ *Config, f *Function) { f.Environment = map[string]string{"INIT": "sigterm"} })
		if r := s.must(t, `{}`); r.FunctionError != "" || s.lines.find("WARNING") != "" {
			t.Errorf("payload %s, line %q", r.Payload, s.lines.find("WARNING"))
		}
	})
}
