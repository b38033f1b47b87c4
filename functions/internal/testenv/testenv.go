// Package testenv finds what tests need outside their own folder.
package testenv

import (
	"os"
	"path/filepath"
	"testing"
)

// ModuleRoot returns the nearest folder with a go.mod, from the test's own upwards.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}

// GenuineMessages returns the folder of SNS messages that AWS signed, with their certificates. They are not part of the
// module: HERMES_VECTORS names the folder that holds sns/; without it, the folder is shared/vectors beside the module.
// The test is skipped where the messages are absent, and fails if the variable names a folder without them.
func GenuineMessages(t testing.TB) string {
	t.Helper()
	root, named := os.LookupEnv("HERMES_VECTORS")
	if !named {
		root = filepath.Join(ModuleRoot(t), "..", "shared", "vectors")
	}
	dir := filepath.Join(root, "sns")
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if named {
		t.Fatalf("HERMES_VECTORS is %s, which has no folder sns", root)
	}
	t.Skipf("no genuine SNS messages in %s: set HERMES_VECTORS to the folder that holds sns/", dir)
	return ""
}
