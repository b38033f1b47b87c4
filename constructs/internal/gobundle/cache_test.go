package gobundle

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var today = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func newCache(t *testing.T) cache {
	t.Helper()
	return cache{root: t.TempDir(), now: func() time.Time { return today }}
}

// put makes an entry that was last used some time ago.
func (c cache) put(t *testing.T, name, content string, ago time.Duration) string {
	t.Helper()
	entry := filepath.Join(c.root, name)
	if err := os.MkdirAll(entry, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(entry, "bootstrap"), []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(entry, today.Add(-ago), today.Add(-ago)); err != nil {
		t.Fatal(err)
	}
	return entry
}

func TestTrimRemovesWhatNobodyUses(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	c := newCache(t)
	c.put(t, "bin/old", "x", 31*day)
	c.put(t, "bin/young", "x", 29*day)
	c.has(c.put(t, "bin/old-but-used", "x", 31*day), bootstrap)
	c.put(t, "src/old", "x", 31*day)
	c.put(t, "src/young", "x", 29*day)
	c.put(t, "tmp-abandoned", "x", 2*day)
	c.put(t, "tmp-of-another-process", "x", time.Hour)
	c.put(t, "skipped", "x", 31*day)

	c.trim()

	var left []string
	for _, pattern := range []string{"bin/*", "src/*", "tmp-*", "skipped"} {
		found, _ := filepath.Glob(filepath.Join(c.root, pattern))
		for _, entry := range found {
			name, _ := filepath.Rel(c.root, entry)
			left = append(left, filepath.ToSlash(name))
		}
	}
	want := []string{"bin/old-but-used", "bin/young", "src/young", "tmp-of-another-process", "skipped"}
	if !slices.Equal(left, want) {
		t.Errorf("got %q, want %q", left, want)
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	t.Run("keeps the entry of a process that was faster", func(t *testing.T) {
		t.Parallel()
		c := newCache(t)
		entry := c.put(t, "bin/key", "first", 0)
		if err := c.publish(c.put(t, "tmp-1", "second", 0), entry, bootstrap); err != nil {
			t.Fatal(err)
		}
		if got := mustRead(t, entry, bootstrap); got != "first" {
			t.Errorf("got %q, want first", got)
		}
	})
	t.Run("replaces an entry that was emptied", func(t *testing.T) {
		t.Parallel()
		c := newCache(t)
		entry := c.put(t, "bin/key", "", 0)
		if err := c.publish(c.put(t, "tmp-1", "second", 0), entry, bootstrap); err != nil {
			t.Fatal(err)
		}
		if got := mustRead(t, entry, bootstrap); got != "second" {
			t.Errorf("got %q, want second", got)
		}
	})
}

// It sets the environment, so it does not run beside others.
func TestDefaultCacheIsAbsolute(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "caches"))
	t.Setenv("HOME", home)
	t.Chdir(home)
	user, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, value, want string }{
		{"without HERMES_CACHE", "", filepath.Join(user, "hermes")},
		{"with a relative HERMES_CACHE", "mine", filepath.Join(home, "mine")},
		{"with an absolute HERMES_CACHE", filepath.Join(home, "own"), filepath.Join(home, "own")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HERMES_CACHE", test.value)
			if got, err := DefaultCache(); err != nil || got != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

// It sets the environment, so it does not run beside others.
func TestDefaultCacheAsksForAFolderWhereTheUserHasNone(t *testing.T) {
	t.Setenv("HERMES_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	_, reason := os.UserCacheDir()
	_, err := DefaultCache()
	if want := fmt.Sprintf("set HERMES_CACHE to a folder: %v", reason); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
