package backends

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The packages that are installed for others are those that the repository is tested with.
func TestTheLockedPackagesAreTheRepositorys(t *testing.T) {
	t.Parallel()
	type lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	var ours, all lock
	text, err := os.ReadFile("../../../../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(lockFile, &ours); err != nil {
		t.Fatal(err)
	}
	if len(ours.Packages) < 50 {
		t.Errorf("%d packages", len(ours.Packages))
	}
	for name, p := range ours.Packages {
		if name != "" && all.Packages[name] != p {
			t.Errorf("%s is %v here and %v in the repository: npm install --package-lock-only in peers", name, p, all.Packages[name])
		}
	}
}

func TestInstallPackages(t *testing.T) { // it changes PATH
	cache, folder, bin := filepath.Join(t.TempDir(), "cache"), t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	npm := func(script string) {
		if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	left := func() int {
		entries, _ := os.ReadDir(cache)
		return len(entries)
	}
	npm("echo no network; exit 1")
	_, err := InstallPackages(t.Context(), folder, cache)
	if want := "peers: install dynalite and fauxqs: npm ci: exit status 1: check the network and the proxy: no network"; err == nil || err.Error() != want || left() != 0 {
		t.Errorf("got %v, want %s; %d entries are left", err, want, left())
	}
	npm(`test -f package-lock.json && test "$1" = ci || exit 1
for name in dynalite fauxqs; do mkdir -p node_modules/$name && echo {} >node_modules/$name/package.json; done`)
	root, err := InstallPackages(t.Context(), folder, cache)
	if err != nil || filepath.Dir(root) != cache || left() != 1 {
		t.Fatalf("got %s, %v; %d entries", root, err, left())
	}
	npm("exit 1")
	if again, err := InstallPackages(t.Context(), folder, cache); err != nil || again != root {
		t.Errorf("the second time: got %s, %v", again, err)
	}
	if clone, err := InstallPackages(t.Context(), root, t.TempDir()); err != nil || clone != root {
		t.Errorf("in a clone: got %s, %v", clone, err)
	}
	if err := os.Remove(filepath.Join(bin, "npm")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	if _, err := InstallPackages(t.Context(), folder, t.TempDir()); err == nil || !strings.HasSuffix(err.Error(), "npm: not installed: install Node.js 20 or newer") {
		t.Errorf("without npm: %v", err)
	}
}
