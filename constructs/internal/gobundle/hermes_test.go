package gobundle

import (
	"debug/elf"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-cdk/hermes"
)

// TestOneFunctionOfEachConstructIsBuilt builds from the embedded sources, as a consumer does. The budgets of all functions
// are checked by functions/internal/runtimetest, which builds each of them once.
func TestOneFunctionOfEachConstructIsBuilt(t *testing.T) {
	t.Parallel()
	// The usual cache: what this builds, the suites that synthesize a stage need too.
	cache, err := DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	b := &Bundler{Source: hermes.Source(), Cache: cache}
	built := map[string]bool{}
	for _, pkg := range functionsOfThisModule(t) {
		if construct := path.Dir(pkg); !built[construct] {
			built[construct] = true
			assertStaticELF(t, filepath.Join(mustBuild(t, b, pkg, linuxARM), "bootstrap"), elf.EM_AARCH64)
		}
	}
}

// functionsOfThisModule lists the main packages of the embedded sources, those of the hub at least.
func functionsOfThisModule(t *testing.T) []string {
	t.Helper()
	tree, err := readTree(hermes.Source())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for pkg := range tree.packages {
		if tree.isMain(pkg) {
			found = append(found, pkg)
		}
	}
	slices.Sort(found)
	for _, name := range hubFunctions() {
		if pkg := path.Join("functions/notificationhub", name); !slices.Contains(found, pkg) {
			t.Errorf("%s is missing from the embedded sources", pkg)
		}
	}
	return found
}

func TestNoModuleLiesInsideTheEmbeddedFolder(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(os.DirFS("../../../functions"), ".", func(name string, _ fs.DirEntry, err error) error {
		if path.Base(name) == "go.mod" {
			t.Errorf("functions/%s would keep its folder out of the embedding", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
