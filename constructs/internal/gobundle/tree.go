package gobundle

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// A tree is the part of the sources that binaries are made of, held in memory: a few hundred small files.
type tree struct {
	module   string                // module path, from go.mod
	files    map[string][]byte     // by slash-separated path
	packages map[string]*goPackage // by folder
}

type goPackage struct {
	main    bool
	imports []string // folders of this module only
}

// readTree reads what a build needs. Tests and test data are left out, so that changing one rebuilds nothing.
func readTree(source fs.FS) (*tree, error) {
	t := &tree{files: map[string][]byte{}, packages: map[string]*goPackage{}}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		t.files[name], err = fs.ReadFile(source, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	if t.module = modfile.ModulePath(t.files["go.mod"]); t.module == "" {
		return nil, errors.New("go.mod is missing or names no module")
	}
	for _, name := range t.names() {
		if path.Ext(name) == ".go" {
			t.addGoFile(name)
		}
	}
	return t, nil
}

// addGoFile records the package clause and the imports of a file. What does not parse is left to the compiler, whose
// message is the better one; build constraints are ignored, which can only make a package depend on more.
func (t *tree) addGoFile(name string) {
	file, _ := parser.ParseFile(token.NewFileSet(), name, t.files[name], parser.ImportsOnly)
	if file == nil {
		return
	}
	folder := path.Dir(name)
	p := t.packages[folder]
	if p == nil {
		p = &goPackage{}
		t.packages[folder] = p
	}
	p.main = p.main || file.Name.Name == "main"
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if inModule, ok := strings.CutPrefix(imported, t.module+"/"); ok {
			p.imports = append(p.imports, inModule)
		}
	}
}

func (t *tree) names() []string { return slices.Sorted(maps.Keys(t.files)) }

func (t *tree) isMain(folder string) bool {
	p := t.packages[folder]
	return p != nil && p.main
}

// siblings returns the main packages that lie beside folder, itself included, sorted.
func (t *tree) siblings(folder string) []string {
	var found []string
	for candidate := range t.packages {
		if path.Dir(candidate) == path.Dir(folder) && t.isMain(candidate) {
			found = append(found, candidate)
		}
	}
	slices.Sort(found)
	return found
}

// closure returns the sorted names of the files that can reach the binary of folder.
func (t *tree) closure(folder string) []string {
	folders := map[string]bool{}
	for queue := []string{folder}; len(queue) > 0; queue = queue[1:] {
		if p := t.packages[queue[0]]; p != nil && !folders[queue[0]] {
			folders[queue[0]] = true
			queue = append(queue, p.imports...)
		}
	}
	return slices.DeleteFunc(t.names(), func(name string) bool {
		return path.Dir(name) != "." && !reaches(folders, name)
	})
}

// reaches reports whether a file belongs to one of folders. Any file below a package may be embedded by it, except Go
// files, which make up packages of their own.
func reaches(folders map[string]bool, name string) bool {
	dir := path.Dir(name)
	if path.Ext(name) == ".go" {
		return folders[dir]
	}
	for ; dir != "."; dir = path.Dir(dir) {
		if folders[dir] {
			return true
		}
	}
	return false
}

// digest names the content of files.
func (t *tree) digest(files []string) string {
	h := sha256.New()
	for _, name := range files {
		fmt.Fprintf(h, "%q %x\n", name, sha256.Sum256(t.files[name]))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
