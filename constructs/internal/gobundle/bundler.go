package gobundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Bundler builds functions from Source into Cache. It may be used by several goroutines at once.
type Bundler struct {
	Source fs.FS     // holds go.mod, go.sum and the packages
	Cache  string    // absolute path of the cache folder; made when missing
	Go     string    // name or path of the go command; "" means "go"
	Log    io.Writer // hears of builds, one line each; nil for none

	mu      sync.Mutex // held while building: a second caller finds what the first has built
	tree    *tree      // of Source, read once
	version string     // of the toolchain, asked once
}

// Build returns a folder of the cache that holds nothing but the executable file bootstrap: the main package in the
// folder pkg of the sources, built for target. When it has to be built, so are the main packages beside it, by the
// same go command: whoever asks for one function of a construct soon asks for the others.
//
// Errors are ErrTarget, ErrNotFunction, ErrGoMissing, ErrBuild, and those of the file system.
func (b *Bundler) Build(ctx context.Context, pkg string, target Target) (string, error) {
	dir, err := b.build(ctx, path.Clean(pkg), target)
	if err != nil {
		return "", fmt.Errorf("gobundle: build %s for %s: %w", pkg, target, err)
	}
	return dir, nil
}

func (b *Bundler) build(ctx context.Context, pkg string, target Target) (string, error) {
	if err := target.validate(); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.read(); err != nil {
		return "", fmt.Errorf("read sources: %w", err)
	}
	if !b.tree.isMain(pkg) {
		return "", fmt.Errorf("%w of %s", ErrNotFunction, b.tree.module)
	}
	store := cache{root: b.Cache, now: time.Now}
	sources, err := b.extract(store)
	if err != nil {
		return "", fmt.Errorf("extract sources: %w", err)
	}
	c := compiler{command: cmp.Or(b.Go, "go"), dir: sources, target: target}
	if err := b.askVersion(ctx, c); err != nil {
		return "", err
	}
	entry := func(p string) string { return store.path(binariesFolder, b.key(p, target)) }
	if store.has(entry(pkg), bootstrap) {
		return entry(pkg), nil
	}
	built := func(p string) bool { return store.has(entry(p), bootstrap) }
	missing := slices.DeleteFunc(b.tree.siblings(pkg), built)
	b.say(c.target, missing, built)
	if err := b.compile(ctx, store, c, missing, entry); err != nil {
		return "", err
	}
	store.trim()
	return entry(pkg), nil
}

func (b *Bundler) read() (err error) {
	if b.tree == nil {
		b.tree, err = readTree(b.Source)
	}
	return err
}

func (b *Bundler) askVersion(ctx context.Context, c compiler) (err error) {
	if b.version == "" {
		b.version, err = c.version(ctx)
	}
	return err
}

// key names everything that goes into a binary.
func (b *Bundler) key(pkg string, target Target) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %s", pkg, b.version, flags, settings(target), b.tree.digest(b.tree.closure(pkg)))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// extract writes the sources to the cache, unless they are there, and returns their folder.
func (b *Bundler) extract(store cache) (string, error) {
	names := b.tree.names()
	entry := store.path(sourcesFolder, b.tree.digest(names))
	if store.has(entry, "go.mod") {
		return entry, nil
	}
	scratch, remove, err := store.scratch()
	if err != nil {
		return "", err
	}
	defer remove()
	for _, name := range names {
		file := filepath.Join(scratch, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, b.tree.files[name], 0o644); err != nil {
			return "", err
		}
	}
	if err := os.Chmod(scratch, 0o755); err != nil {
		return "", err
	}
	return entry, store.publish(scratch, entry, "go.mod")
}

// say logs which functions are about to be built, and how far all those of the sources are.
func (b *Bundler) say(target Target, packages []string, built func(string) bool) {
	if b.Log == nil {
		return
	}
	done, total := 0, 0
	for p := range b.tree.packages {
		if b.tree.isMain(p) {
			total++
			if built(p) {
				done++
			}
		}
	}
	names := make([]string, len(packages))
	for i, p := range packages {
		names[i] = path.Base(p)
	}
	fmt.Fprintf(b.Log, "hermes: building functions %d to %d of %d for %s: %s: %s\n",
		done+1, done+len(packages), total, target, path.Dir(packages[0]), strings.Join(names, " "))
}

// compile builds packages, which lie in one folder, and publishes each as an entry of the cache.
func (b *Bundler) compile(ctx context.Context, store cache, c compiler, packages []string, entry func(string) string) error {
	scratch, remove, err := store.scratch()
	if err != nil {
		return err
	}
	defer remove()
	if err := c.build(ctx, packages, scratch+string(filepath.Separator)); err != nil {
		return err
	}
	for _, p := range packages {
		folder := filepath.Join(scratch, path.Base(p)+".entry")
		if err := isolate(filepath.Join(scratch, path.Base(p)), folder); err != nil {
			return err
		}
		if err := store.publish(folder, entry(p), bootstrap); err != nil {
			return err
		}
	}
	return nil
}

// isolate moves a binary into a folder of its own, with the same mode and time on every machine: both end up in zips.
func isolate(binary, folder string) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	moved := filepath.Join(folder, bootstrap)
	if err := os.Rename(binary, moved); err != nil {
		return err
	}
	if err := os.Chmod(moved, 0o755); err != nil { // whatever the umask says
		return err
	}
	return os.Chtimes(moved, normalTime, normalTime)
}
