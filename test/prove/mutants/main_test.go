package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

const wanted = 5 // bugs

var patched = regexp.MustCompile(`(?m)^\+\+\+ b/(.+)$`)

// read reads what a patch changes, so that the go command runs the test again when that has changed.
func read(t *testing.T, patch string) {
	t.Helper()
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range patched.FindAllSubmatch(text, -1) {
		if _, err := os.ReadFile(filepath.Join("../../..", string(found[1]))); err != nil {
			t.Error(err)
		}
	}
}

func TestEveryPatchFitsTheSources(t *testing.T) {
	t.Parallel()
	patches, err := filepath.Glob("*.patch")
	if err != nil || len(patches) != wanted {
		t.Fatalf("there are %d patches, not %d: %v", len(patches), wanted, err)
	}
	for _, patch := range patches {
		t.Run(patch, func(t *testing.T) {
			t.Parallel()
			read(t, patch)
			if out, err := command("../../..", "git", "apply", "--check", filepath.Join("test/prove/mutants", patch)).CombinedOutput(); err != nil {
				t.Errorf("git apply: %v\n%s", err, out)
			}
		})
	}
}
