package runtimetest

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// functions lists every function, as <construct>/<function>, from the folders.
func functions(t testing.TB) []string {
	t.Helper()
	mains, err := filepath.Glob("../../*/*/main.go")
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

// binaries builds all functions once, as the construct does but for this machine.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hermes-functions-")
	if err != nil {
		return "", err
	}
	constructs, err := filepath.Glob("../../*/contract")
	if err != nil {
		return dir, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for _, contract := range constructs {
		construct := filepath.Dir(contract)
		// Functions of two constructs may have the same name: each construct has a folder of its own.
		out := filepath.Join(dir, filepath.Base(construct)) + string(filepath.Separator)
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", out, construct+"/...")
		build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0", "GOWORK=off")
		if text, err := build.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("%s: %w: %s", build, err, text)
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := binaries(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// binary returns the path of a function's binary.
func binary(t testing.TB, function string) string {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.FromSlash(function))
}

// maxZipBytes is the budget of a function's package, which is loaded at each cold start: 5 MB as deployed, for arm64. The
// same function is a seventh larger for amd64, so that one build serves to run the functions here and to measure them.
func maxZipBytes() int {
	if runtime.GOARCH == "arm64" {
		return 5 << 20
	}
	return (5 << 20) * 8 / 7
}

func TestZipKeepsItsBudget(t *testing.T) {
	t.Parallel()
	for _, f := range functions(t) {
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(binary(t, f))
			if err != nil {
				t.Fatal(err)
			}
			var packed bytes.Buffer
			archive := zip.NewWriter(&packed)
			entry, err := archive.Create("bootstrap")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := entry.Write(content); err != nil {
				t.Fatal(err)
			}
			if err := archive.Close(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%.2f MB, %.2f MB zipped", float64(len(content))/(1<<20), float64(packed.Len())/(1<<20))
			if packed.Len() > maxZipBytes() {
				t.Errorf("%d bytes zipped, want at most %d", packed.Len(), maxZipBytes())
			}
		})
	}
}
