package runtimetest

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// functions lists all of them, with the event each is given.
var functions = []string{"authorize", "connect", "disconnect", "send", "default", "broadcast", "deliver"}

// binaries builds all functions once, as the construct does but for this machine.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hermes-functions-")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for _, f := range functions {
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w",
			"-o", filepath.Join(dir, f), "../../notificationhub/"+f)
		build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0", "GOWORK=off")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return dir, err
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

// binary is the path of a function's binary.
func binary(t testing.TB, function string) string {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, function)
}

// maxZipBytes is the budget of a function's package.
const maxZipBytes = 7 << 20

func TestZipKeepsItsBudget(t *testing.T) {
	t.Parallel()
	for _, f := range functions {
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
			t.Logf("%s: %.2f MB, %.2f MB zipped", f, float64(len(content))/(1<<20), float64(packed.Len())/(1<<20))
			if packed.Len() > maxZipBytes {
				t.Errorf("%d bytes zipped", packed.Len())
			}
		})
	}
}
