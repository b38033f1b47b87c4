package rules

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	functionsModule = module + "/functions"
	shared          = functionsModule + "/internal"
	scheduler       = "messagescheduler"
)

// TestFunctionsLinkOnlyTheirConstruct asserts that no function links another construct's code, for it would be loaded at
// every cold start. The hub's contract is what the scheduler and the budget publish to the hub by.
func TestFunctionsLinkOnlyTheirConstruct(t *testing.T) {
	t.Parallel()
	linked := dependenciesOfFunctions(t)
	for _, function := range slices.Sorted(maps.Keys(linked)) {
		t.Run(function, func(t *testing.T) {
			t.Parallel()
			construct := path.Dir(function)
			for _, dependency := range linked[function] {
				if !mayLink(construct, dependency) {
					t.Errorf("links %s", dependency)
				}
			}
		})
	}
}

// mayLink reports whether a function of the construct may link the package.
func mayLink(construct, pkg string) bool {
	switch {
	case pkg == "time/tzdata", strings.HasPrefix(pkg, "github.com/teambition/rrule-go"):
		return construct == scheduler // 400 KB of time zones, and the rules of repeats
	case pkg != module && !strings.HasPrefix(pkg, module+"/"):
		return true
	}
	return slices.ContainsFunc([]string{
		functionsModule + "/" + construct, shared, functionsModule + "/snsverify", functionsModule + "/notificationhub/contract",
	}, func(allowed string) bool { return pkg == allowed || strings.HasPrefix(pkg, allowed+"/") })
}

// TestSharedPackagesKnowNoConstruct asserts that what the constructs share knows none of them.
func TestSharedPackagesKnowNoConstruct(t *testing.T) {
	t.Parallel()
	for _, dependency := range dependencies(t, []string{"./functions/internal/..."}) {
		if strings.HasPrefix(dependency, module) && dependency != shared && !strings.HasPrefix(dependency, shared+"/") {
			t.Errorf("functions/internal depends on %s", dependency)
		}
	}
}

// maxMainLines holds a main package to naming its builder in package app.
const maxMainLines = 15

func TestMainsOnlyNameTheirBuilder(t *testing.T) {
	t.Parallel()
	for _, function := range functions(t) {
		source, err := os.ReadFile(filepath.Join("../../functions", function, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(source, []byte("\n")); n > maxMainLines {
			t.Errorf("functions/%s/main.go has %d lines, want at most %d", function, n, maxMainLines)
		}
	}
}

// functions lists the folders functions/<construct>/<function> with a main.go, as <construct>/<function>.
func functions(t *testing.T) []string {
	t.Helper()
	mains, err := filepath.Glob("../../functions/*/*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("found %d functions, %v", len(mains), err)
	}
	names := make([]string, len(mains))
	for i, main := range mains {
		folder := path.Dir(filepath.ToSlash(main))
		names[i] = path.Join(path.Base(path.Dir(folder)), path.Base(folder))
	}
	return names
}

// dependenciesOfFunctions lists what each function links, as Lambda runs it.
func dependenciesOfFunctions(t *testing.T) map[string][]string {
	t.Helper()
	names := functions(t)
	args := []string{"list", "-tags", "lambda.norpc", "-f", `{{.ImportPath}} {{join .Deps " "}}`}
	for _, name := range names {
		args = append(args, "./functions/"+name)
	}
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = "../.."
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, stderr.String())
	}
	linked := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		linked[strings.TrimPrefix(fields[0], functionsModule+"/")] = fields[1:]
	}
	if len(linked) != len(names) {
		t.Fatalf("%s listed %d of %d functions", command, len(linked), len(names))
	}
	return linked
}
