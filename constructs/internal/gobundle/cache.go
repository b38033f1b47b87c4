package gobundle

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	envCache = "HERMES_CACHE"

	sourcesFolder  = "src" // src/<digest of the sources>/: a module
	binariesFolder = "bin" // bin/<key>/bootstrap: what the CDK zips
	scratchPrefix  = "tmp-"
	bootstrap      = "bootstrap" // https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html

	unusedFor      = 30 * 24 * time.Hour
	scratchUnused  = 24 * time.Hour
	touchNoOftener = time.Hour
)

// normalTime is the modification time of a binary: the earliest that a zip can hold.
var normalTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// DefaultCache returns $HERMES_CACHE as an absolute path, or the folder hermes of os.UserCacheDir.
func DefaultCache() (string, error) {
	if dir := os.Getenv(envCache); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("set %s to a folder: %w", envCache, err)
	}
	return filepath.Join(dir, "hermes"), nil
}

// A cache is a folder of entries that appear complete and never change.
type cache struct {
	root string
	now  func() time.Time
}

func (c cache) path(kind, name string) string { return filepath.Join(c.root, kind, name) }

// has reports whether an entry is there, and keeps it from being removed as unused. want is a file of the entry: where
// somebody has emptied the folder by hand, the entry counts as missing.
func (c cache) has(entry, want string) bool {
	info, err := os.Stat(filepath.Join(entry, want))
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	if folder, err := os.Stat(entry); err == nil && c.now().Sub(folder.ModTime()) > touchNoOftener {
		_ = os.Chtimes(entry, c.now(), c.now()) // a read-only cache serves as well
	}
	return true
}

// scratch makes a folder beside the entries, to be renamed into one of them.
func (c cache) scratch() (dir string, remove func(), err error) {
	if err := os.MkdirAll(c.root, 0o755); err != nil {
		return "", nil, err
	}
	dir, err = os.MkdirTemp(c.root, scratchPrefix)
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// publish renames dir to entry. Where another process was faster, its entry stays: it holds the same.
func (c cache) publish(dir, entry, want string) error {
	if err := os.MkdirAll(filepath.Dir(entry), 0o755); err != nil {
		return err
	}
	if os.Rename(dir, entry) == nil || c.has(entry, want) {
		return nil
	}
	if err := os.RemoveAll(entry); err != nil {
		return err
	}
	return os.Rename(dir, entry)
}

// trim removes what nobody has used for a long time. It is a courtesy, so it reports no errors.
func (c cache) trim() {
	for _, pattern := range []struct {
		glob string
		age  time.Duration
	}{
		{filepath.Join(c.root, binariesFolder, "*"), unusedFor},
		{filepath.Join(c.root, sourcesFolder, "*"), unusedFor},
		{filepath.Join(c.root, scratchPrefix+"*"), scratchUnused},
	} {
		entries, _ := filepath.Glob(pattern.glob)
		for _, entry := range entries {
			if info, err := os.Stat(entry); err == nil && c.now().Sub(info.ModTime()) > pattern.age {
				_ = os.RemoveAll(entry)
			}
		}
	}
}
