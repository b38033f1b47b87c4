package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// That the stories pass is tested by test/readme, against the stage that it starts.
func TestFaultsAreOneClearLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		args       []string
		want       string
	}{
		{"a story that does not exist", `{}`, []string{"-skip", "alert,dance"}, `-skip: there is no story "dance"`},
		{"a file that is not JSON", `{`, nil, "FILE: unexpected end of JSON input"},
		{"another stage", `{"Hermes-dev":{}}`, []string{"-stage", "prod"}, "FILE has no stack Hermes-prod"},
		{"a stack without an output", `{"Hermes-local":{}}`, nil, "FILE: stack Hermes-local has no output WebSocketUrl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "outputs.json")
			if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			err := run(t.Context(), append([]string{"-outputs", file}, c.args...), &out)
			if err == nil || strings.ReplaceAll(err.Error(), file, "FILE") != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if out.Len() > 0 {
				t.Errorf("it prints %q", out.String())
			}
		})
	}
}

func TestAStageThatIsNotThereIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	want := ".hermes/dev/outputs.json does not exist: make run writes it for stage local, make deploy for the others"
	if err := run(t.Context(), []string{"-stage", "dev"}, &bytes.Buffer{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
