package backends

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// toolsDir is a module of its own, for only an assembly with buckets needs what versitygw depends on.
const toolsDir = "infra/local/tools"

// BuildS3 returns the path of the S3 service that root's tools module makes of versitygw, building it into cache (made if
// missing) unless it is there already.
func BuildS3(ctx context.Context, root, cache string) (string, error) {
	tools := filepath.Join(root, toolsDir)
	sources, err := digest(tools)
	if err != nil {
		return "", fmt.Errorf("peers: build the S3 service: %w: %w", ErrNotInstalled, err)
	}
	program := filepath.Join(cache, "s3-"+sources[:16]+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("peers: build the S3 service: %w", err)
	}
	return program, build(ctx, tools, program)
}

func build(ctx context.Context, tools, program string) error {
	unfinished := fmt.Sprintf("%s.%d", program, os.Getpid())
	defer func() { _ = os.Remove(unfinished) }()
	cmd := exec.CommandContext(ctx, "go", "build", "-C", tools, "-trimpath", "-ldflags", "-s -w", "-o", unfinished, "./s3")
	// A workspace or a cross build of the caller must not reach this module. Without cgo it shares what is compiled with the
	// functions.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("peers: build the S3 service: %w: %s", err, strings.TrimSpace(string(out)))
	}
	// Renamed when whole, so that two instances started together, or a build cut short, leave no half a program.
	if err := os.Rename(unfinished, program); err != nil {
		return fmt.Errorf("peers: build the S3 service: %w", err)
	}
	return nil
}

// digest names the content of a folder and the Go that compiles it.
func digest(dir string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version())
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, relErr := filepath.Rel(dir, path)
		fmt.Fprintf(sum, "%q %x\n", name, sha256.Sum256(content))
		return errors.Join(err, relErr)
	})
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

// ToolCache is the folder for built tools: shared by every checkout of this user, and kept.
func ToolCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("peers: tool cache: %w", err)
	}
	return filepath.Join(cache, "hermes-local"), nil
}
