package backends

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// The tools module pins versitygw outside the library's go.mod: it is heavy (83 MB, a minute to build), and only an
// assembly with buckets needs it.
const (
	toolsDir     = "infra/local/tools"
	versityPkg   = "github.com/versity/versitygw/cmd/versitygw"
	versityEntry = "github.com/versity/versitygw "
)

// BuildS3 returns the path of the versitygw program that root's tools module pins, building it into cache (made if missing)
// unless that very version is there. building, if not nil, is called before a build starts.
func BuildS3(ctx context.Context, root, cache string, building func(version string)) (string, error) {
	tools := filepath.Join(root, toolsDir)
	version, err := pinnedVersion(filepath.Join(tools, "go.mod"))
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "versitygw-"+version+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if building != nil {
		building(version)
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("peers: build versitygw: %w", err)
	}
	return program, build(ctx, tools, program)
}

func build(ctx context.Context, tools, program string) error {
	unfinished := fmt.Sprintf("%s.%d", program, os.Getpid())
	defer func() { _ = os.Remove(unfinished) }()
	cmd := exec.CommandContext(ctx, "go", "build", "-C", tools, "-trimpath", "-ldflags", "-s -w", "-o", unfinished, versityPkg)
	// A workspace or a cross build of the caller must not reach this module.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("peers: build versitygw: %w: %s", err, strings.TrimSpace(string(out)))
	}
	// Renamed when whole, so that two instances started together, or a build cut short, leave no half a program.
	if err := os.Rename(unfinished, program); err != nil {
		return fmt.Errorf("peers: build versitygw: %w", err)
	}
	return nil
}

func pinnedVersion(gomod string) (string, error) {
	text, err := os.ReadFile(gomod)
	if err != nil {
		return "", fmt.Errorf("peers: build versitygw: %w: %w", ErrNotInstalled, err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "require ")
		if rest, ok := strings.CutPrefix(line, versityEntry); ok {
			return strings.Fields(rest)[0], nil
		}
	}
	return "", fmt.Errorf("peers: build versitygw: %w: %s does not require it", ErrNotInstalled, gomod)
}

// ToolCache is the folder for built tools: shared by every checkout of this user, and kept.
func ToolCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("peers: tool cache: %w", err)
	}
	return filepath.Join(cache, "hermes-local"), nil
}
