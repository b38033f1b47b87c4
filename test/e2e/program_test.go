package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

const (
	// root of the repository, where cdk.json is.
	root = "../.."
	// patience bounds every wait. It is long, for machines that do other things too; nothing that works takes as long.
	patience = time.Minute
	// startWithin bounds a start that compiles and synthesizes first.
	startWithin = 5 * time.Minute
)

// folder holds everything that the suite writes.
var folder string

func prepare() (err error) {
	folder, err = os.MkdirTemp("", "hermes-e2e-")
	return err
}

// program builds the local stage's program once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "local")
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "./infra/local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./infra/local: %w\n%s", err, out)
	}
	return path, nil
})
