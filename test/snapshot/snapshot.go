// Package snapshot holds what the tests of every construct and stage ask of a synthesized template: that it is the golden
// one, that cdk-nag finds nothing, and that no policy allows more than it must.
package snapshot

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
)

var update = flag.Bool("update", false, "rewrite the golden templates")

// App is an app with the feature flags of cdk.json that bundles no function, so that its templates are the same on every
// machine. Root is the way to the module's root from the test's folder.
func App(t *testing.T, root string) awscdk.App {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct{ Context map[string]any }
	if err := json.Unmarshal(raw, &config); err != nil {
		t.Fatalf("cdk.json: %v", err)
	}
	config.Context["aws:cdk:bundling-stacks"] = []string{}
	return awscdk.NewApp(&awscdk.AppProps{Context: &config.Context, AnalyticsReporting: new(bool)})
}

// Check holds a stack against what every construct and stage must be, and returns its template. The app is synthesized once,
// with cdk-nag looking on: synthesizing is what takes time.
func Check(t *testing.T, name string, app awscdk.App, stack awscdk.Stack) map[string]any {
	t.Helper()
	t.Run("cdk-nag finds nothing", func(t *testing.T) { Nag(t, app, stack) })
	template := Template(stack)
	t.Run("the template is the golden one", func(t *testing.T) { Golden(t, name, template) })
	t.Run("no policy is broader than listed", func(t *testing.T) {
		counted := LeastPrivilege(t, template)
		if counted.Allow == 0 {
			t.Error("no statements were found")
		}
		t.Logf("%d statements, %d wildcards", counted.Allow, counted.Wildcards)
	})
	return template
}

// Template is the stack's template.
func Template(stack awscdk.Stack) map[string]any {
	return *assertions.Template_FromStack(stack, nil).ToJSON()
}

// Text is the stack's template as one line of JSON, for tests that look for what must not be there.
func Text(t *testing.T, stack awscdk.Stack) string {
	t.Helper()
	text, err := json.Marshal(Template(stack))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Golden compares the template with the file testdata/<name>.golden.json of the test's folder, or writes it with -update.
func Golden(t *testing.T, name string, template map[string]any) {
	t.Helper()
	got := encode(t, template)
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with make snapshot/update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the template differs from %s; if that is meant, run make snapshot/update and review the change\n%s",
			file, firstDifference(string(want), string(got)))
	}
}

func encode(t *testing.T, template map[string]any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(template); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// firstDifference shows where two texts part, with the lines before it.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	window := func(lines []string) string {
		return strings.Join(lines[max(0, min(at-4, len(lines))):min(at+6, len(lines))], "\n")
	}
	return fmt.Sprintf("line %d\n--- want\n%s\n--- got\n%s", at+1, window(w), window(g))
}
