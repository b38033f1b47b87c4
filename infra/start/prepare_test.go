package start_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// newCheckout has the script and what it reads of a repository: an app that needs a module, and npm's lock file.
func newCheckout(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "Zoë's checkout")
	read := func(path string) string {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	const app = "package main\n\nimport _ \"github.com/oklog/ulid/v2\"\n\nfunc main() {}\n"
	for name, content := range map[string]string{
		"infra/start/prepare.mjs": read("prepare.mjs"), "infra/start/progress.mjs": read("progress.mjs"),
		"package.json": read("../../package.json"), "package-lock.json": read("../../package-lock.json"),
		"go.mod":        "module example.com/app\n\ngo 1.26.0\n\nrequire github.com/oklog/ulid/v2 v2.1.2\n",
		"go.sum":        read("../../go.sum"),
		"infra/main.go": app, "infra/local/main.go": app, "infra/token/main.go": app,
		"functions/hub/connect/main.go": app,
	} {
		write(t, filepath.Join(root, name), content)
	}
	return root
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func prepare(root string, environment ...string) *exec.Cmd {
	command := exec.Command("node", filepath.Join(root, "infra/start/prepare.mjs"), ".hermes/bin/local")
	command.Dir, command.Env = os.TempDir(), append(os.Environ(), environment...)
	return command
}

// files lists what lies in a folder.
func files(t *testing.T, root string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		found = append(found, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

const nowhere = "http://127.0.0.1:1"

func TestWithoutANetworkItSaysSoInOneLineAndLeavesNothing(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not on this machine")
	}
	for _, c := range []struct{ name, environment, want string }{
		{"no npm registry", "npm_config_registry=" + nowhere, `^make run: cannot download \(npm error .*ECONNREFUSED.*\): check the network and the proxy, then run it again\n$`},
		{"no Go module proxy", "GOPROXY=" + nowhere, `^make run: cannot download \(.*github.com/oklog/ulid/v2.*connection refused\): check the network and the proxy, then run it again\n$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root, caches := newCheckout(t), t.TempDir()
			if c.name == "no Go module proxy" { // and npm's packages are there
				write(t, filepath.Join(root, "node_modules/.run-lock"), "")
			}
			before := files(t, root)
			environment := []string{c.environment, "npm_config_cache=" + caches}
			if strings.HasPrefix(c.environment, "GOPROXY") {
				environment = append(environment, "GOMODCACHE="+caches, "GOFLAGS=-modcacherw", "GOSUMDB=off")
			}
			command := prepare(root, environment...)
			out, err := command.CombinedOutput()
			if code := command.ProcessState.ExitCode(); code != 1 {
				t.Errorf("exit status %d (%v), want 1", code, err)
			}
			said := regexp.MustCompile(`(?m)^preparing, .*\n`).ReplaceAllString(string(out), "")
			if !regexp.MustCompile(c.want).MatchString(said) {
				t.Errorf("got\n%swant\n%s", out, c.want)
			}
			if after := files(t, root); strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Errorf("left behind:\n%s", strings.Join(after, "\n"))
			}
		})
	}
}

func TestWhatDoesNotCompileIsShown(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not on this machine")
	}
	root := newCheckout(t)
	write(t, filepath.Join(root, "infra/local/main.go"), "package main\n\nfunc main() { hub() }\n")
	write(t, filepath.Join(root, "node_modules/.run-lock"), "")
	out, err := prepare(root).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "make run: go list failed:\n") || !strings.Contains(string(out), "infra/local/main.go:3:15: undefined: hub") {
		t.Errorf("got\n%s%v", out, err)
	}
}
