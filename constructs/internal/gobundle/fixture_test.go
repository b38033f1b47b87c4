package gobundle

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const (
	hello   = "functions/demo/hello"
	goodbye = "functions/demo/goodbye"
	other   = "functions/other/lonely"
)

var linuxARM = Target{OS: "linux", Arch: "arm64"}

// demo returns a module of three functions that needs nothing but the standard library, with changes laid over it.
func demo(changes ...map[string]string) fstest.MapFS {
	files := map[string]string{
		"go.mod":                   "module example.com/demo\n\ngo 1.26.0\n",
		"go.sum":                   "",
		hello + "/main.go":         "package main\n\nimport \"example.com/demo/functions/demo/internal/words\"\n\nfunc main() { println(words.Hello) }\n",
		hello + "/main_test.go":    "package main\n\nthis is no Go\n",
		hello + "/testdata/x.go":   "neither is this\n",
		goodbye + "/main.go":       "package main\n\nfunc main() { println(\"goodbye\") }\n",
		other + "/main.go":         "package main\n\nfunc main() { println(\"lonely\") }\n",
		"functions/demo/README.md": "A demonstration.\n",
		"functions/demo/internal/words/words.go": "package words\n\nimport _ \"embed\"\n\n" +
			"//go:embed texts/hello.txt\nvar Hello string\n",
		"functions/demo/internal/words/texts/hello.txt": "hello\n",
	}
	for _, change := range changes {
		maps.Copy(files, change)
	}
	source := fstest.MapFS{}
	for name, content := range files {
		source[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return source
}

// newBundler returns a bundler of source with a cache of its own, and what it logs.
func newBundler(t *testing.T, source fstest.MapFS) (*Bundler, *strings.Builder) {
	t.Helper()
	log := &strings.Builder{}
	return &Bundler{Source: source, Cache: t.TempDir(), Log: log}, log
}

func mustBuild(t *testing.T, b *Bundler, pkg string, target Target) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir, err := b.Build(ctx, pkg, target)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustRead(t *testing.T, elements ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
