package backends

import (
	"context"
	"crypto/sha256"
	_ "embed" // what is installed
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What InstallPackages installs: those of the repository's packages that the data services are.
var (
	//go:embed peers/package.json
	packageFile []byte
	//go:embed peers/package-lock.json
	lockFile []byte
)

// InstallPackages returns the folder whose node_modules holds dynalite and fauxqs: dir or one above it, as in a clone of the
// repository, or else one in cache, where it installs them as locked, once.
func InstallPackages(ctx context.Context, dir, cache string) (string, error) {
	root, err := FindRoot(dir)
	if !errors.Is(err, ErrNotInstalled) {
		return root, err
	}
	sum := sha256.Sum256(lockFile)
	root = filepath.Join(cache, fmt.Sprintf("node-%x", sum[:8]))
	if installed(root, "dynalite") && installed(root, "fauxqs") {
		return root, nil
	}
	if err := install(ctx, cache, root); err != nil {
		return "", fmt.Errorf("peers: install dynalite and fauxqs: %w", err)
	}
	return root, nil
}

func install(ctx context.Context, cache, root string) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return fmt.Errorf("npm: %w: install Node.js 20 or newer", ErrNotInstalled)
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(cache, "node-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(unfinished) }()
	if err := errors.Join(os.WriteFile(filepath.Join(unfinished, "package.json"), packageFile, 0o644),
		os.WriteFile(filepath.Join(unfinished, "package-lock.json"), lockFile, 0o644)); err != nil {
		return err
	}
	// Scripts of packages are not run: none of these needs one.
	cmd := exec.CommandContext(ctx, npm, "ci", "--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = unfinished
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: check the network and the proxy: %s", err, strings.TrimSpace(string(out)))
	}
	// Renamed when whole. If another stage was quicker, its folder holds the same.
	if err := os.Rename(unfinished, root); err != nil && !installed(root, "dynalite") {
		return err
	}
	return nil
}
