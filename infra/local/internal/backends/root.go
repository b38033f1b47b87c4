package backends

import (
	"fmt"
	"os"
	"path/filepath"
)

// FindRoot walks up from dir to the folder whose node_modules holds the peers: the repository. It returns an error that
// wraps ErrNotInstalled if there is none.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("peers: find root: %w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		if installed(at, "dynalite") && installed(at, "fauxqs") {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("peers: find root: dynalite and fauxqs: %w in a node_modules at or above %s: run npm ci",
				ErrNotInstalled, start)
		}
	}
}

func installed(root, pkg string) bool {
	_, err := os.Stat(filepath.Join(root, "node_modules", pkg, "package.json"))
	return err == nil
}
