package gobundle

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-cdk/hermes"
)

// maxZip is the budget of a function's zip: it is loaded at each cold start.
const maxZip = 7_000_000

func TestEveryFunctionOfThisModuleFitsItsBudget(t *testing.T) {
	t.Parallel()
	b := &Bundler{Source: hermes.Source(), Cache: t.TempDir()}
	for _, pkg := range functionsOfThisModule(t) {
		dir := mustBuild(t, b, pkg, linuxARM)
		binary := filepath.Join(dir, "bootstrap")
		assertStaticELF(t, binary, elf.EM_AARCH64)
		size := zipSize(t, binary)
		t.Logf("%-40s %9d bytes zipped", pkg, size)
		if size > maxZip {
			t.Errorf("%s: got a zip of %d bytes, want at most %d", pkg, size, maxZip)
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

func zipSize(t *testing.T, file string) int {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	entry, err := w.Create("bootstrap")
	if err == nil {
		_, err = entry.Write([]byte(mustRead(t, file)))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return archive.Len()
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
