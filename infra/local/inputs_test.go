package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAnAssemblyIsMadeAnewWhenAnInputChanges(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, content string) func() {
		return func() {
			path := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	context, environment := "{}", []string{"GOFLAGS=-trimpath", "HOME=/home/ada"}
	made := func() string {
		digest, err := inputs(root, []byte(context), environment)
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	write("infra/main.go", "package main")()
	for _, c := range []struct {
		name   string
		change func()
		again  bool
	}{
		{"nothing", func() {}, false},
		{"a source", write("infra/main.go", "package other"), true},
		{"a new file", write("functions/go.mod", ""), true},
		{"the context", func() { context = `{"a": 1}` }, true},
		{"a variable of Go", func() { environment[0] = "GOFLAGS=" }, true},
		{"another variable", func() { environment[1] = "HOME=/home/bob" }, false},
		{"an installed package", write("node_modules/a/index.js", "1"), false},
		{"the state", write(".hermes/local/outputs.json", "{}"), false},
		{"what git knows", write(".git/HEAD", "1"), false},
	} {
		before := made()
		c.change()
		if again := made() != before; again != c.again {
			t.Errorf("%s: made again: %v, want %v", c.name, again, c.again)
		}
	}
}
