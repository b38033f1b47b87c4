package backends

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// s3Sources are a module of their own, for only an assembly with buckets needs what versitygw depends on. Its go.mod files have
// another name: as such they would cut it out of this module, and of what the go command downloads of it.
//
//go:embed _s3
var s3Sources embed.FS

const embeddedMod = "go.mod.txt"

// BuildS3 returns the path of the S3 service that is made of versitygw, building it into cache (made if missing) unless it is
// there already.
func BuildS3(ctx context.Context, cache string) (string, error) {
	sources, err := fs.Sub(s3Sources, "_s3")
	if err != nil {
		return "", fmt.Errorf("peers: build the S3 service: %w", err)
	}
	sum, err := digest(sources)
	if err != nil {
		return "", fmt.Errorf("peers: build the S3 service: %w", err)
	}
	program := filepath.Join(cache, "s3-"+sum[:16]+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := build(ctx, sources, cache, program); err != nil {
		return "", fmt.Errorf("peers: build the S3 service: %w", err)
	}
	return program, nil
}

func build(ctx context.Context, sources fs.FS, cache, program string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(cache, "s3-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := writeSources(dir, sources); err != nil {
		return err
	}
	unfinished := filepath.Join(dir, "program")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", dir, "-trimpath", "-ldflags", "-s -w", "-o", unfinished, "./s3")
	// A workspace or a cross build of the caller must not reach this module. Without cgo it shares what is compiled with the
	// functions.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	// Renamed when whole, so that two instances started together, or a build cut short, leave no half a program.
	return os.Rename(unfinished, program)
}

// writeSources writes the module as the go command knows it.
func writeSources(dir string, sources fs.FS) error {
	return fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(sources, path)
		target := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(path, embeddedMod)))
		if strings.HasSuffix(path, embeddedMod) {
			target = filepath.Join(target, "go.mod")
		}
		return errors.Join(err, os.MkdirAll(filepath.Dir(target), 0o755), os.WriteFile(target, content, 0o644))
	})
}

// digest names the content of a folder and the Go that compiles it.
func digest(sources fs.FS) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version())
	err := fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(sources, path)
		fmt.Fprintf(sum, "%q %x\n", path, sha256.Sum256(content))
		return err
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
