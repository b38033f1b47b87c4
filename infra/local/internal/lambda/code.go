package lambda

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// installCode puts a read-only copy of a function's code under root/<function>/<hash> and returns the folder. The copy is
// kept for the next start; copies of older code of the function are removed. The asset itself is never changed.
//
// Files get mode 0444 or 0555 and folders 0555, which stops every user but root: AWS mounts /var/task read-only.
func installCode(root, function, source string) (string, error) {
	key, err := fingerprint(source)
	if err != nil {
		return "", fmt.Errorf("lambda: install code of %s: %w", function, err)
	}
	parent := filepath.Join(root, function)
	target := filepath.Join(parent, key)
	if err := removeOthers(parent, key); err != nil {
		return "", fmt.Errorf("lambda: install code of %s: %w", function, err)
	}
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	fresh := target + ".new"
	if err := removeReadOnly(fresh); err != nil {
		return "", fmt.Errorf("lambda: install code of %s: %w", function, err)
	}
	if err = writeCode(fresh, source); err == nil {
		err = makeReadOnly(fresh)
	}
	if err == nil {
		err = os.Rename(fresh, target)
	}
	if err != nil {
		return "", fmt.Errorf("lambda: install code of %s: %w", function, err)
	}
	return target, nil
}

// writeCode copies a folder or unpacks an archive. No process is forked meanwhile: it would inherit the files open for
// writing, and Linux refuses to run such a file ("text file busy", https://go.dev/issue/22315).
func writeCode(target, source string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(target, os.DirFS(source))
	}
	return unzip(target, source)
}

// fingerprint distinguishes versions of the code by names, sizes, modes and times, without reading it.
func fingerprint(source string) (string, error) {
	absolute, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, _ = io.WriteString(hash, absolute)
	err = filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(hash, "\x00%s %d %s %d", path, info.Size(), info.Mode(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)[:16]), nil
}

// removeOthers deletes every copy under parent but key.
func removeOthers(parent, key string) error {
	entries, err := os.ReadDir(parent)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == key || strings.HasSuffix(entry.Name(), ".new") {
			continue
		}
		if err := removeReadOnly(filepath.Join(parent, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// makeReadOnly takes the write permission from a tree, and keeps the execute permission of files that have it.
func makeReadOnly(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o444)
		if entry.IsDir() || info.Mode()&0o111 != 0 {
			mode = 0o555
		}
		return os.Chmod(path, mode)
	})
}

// removeReadOnly deletes a read-only tree, whose folders must be made writable for that.
func removeReadOnly(root string) error {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return os.Chmod(path, 0o755) // before WalkDir reads the folder
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(root)
}
