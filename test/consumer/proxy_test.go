package consumer_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const hermes = "github.com/hermes-cdk/hermes"

// A release is this working tree as a module proxy serves it, under a version that nobody else has.
type release struct {
	version string
	proxy   string // folder
	zip     string // file of the proxy
}

// publish puts the working tree in root into a module proxy of files.
// https://go.dev/ref/mod#goproxy-protocol
func publish(t *testing.T, root string) release {
	t.Helper()
	var random [6]byte
	rand.Read(random[:]) // never fails
	version := module.PseudoVersion("v0", "", time.Now(), hex.EncodeToString(random[:]))
	proxy := t.TempDir()
	versions := filepath.Join(proxy, filepath.FromSlash(hermes), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": goMod} {
		if err := os.WriteFile(filepath.Join(versions, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := release{version: version, proxy: proxy, zip: filepath.Join(versions, version+".zip")}
	file, err := os.Create(r.zip)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := modzip.Create(file, module.Version{Path: hermes, Version: version}, moduleFiles(t, root)); err != nil {
		t.Fatal(err)
	}
	return r
}

// moduleFiles lists what a release holds: what git would hand out, without asking git, which a source archive has not.
// Nested modules are left out by the zip package.
func moduleFiles(t *testing.T, root string) []modzip.File {
	t.Helper()
	var files []modzip.File
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		generated := entry.Name() == "node_modules" || entry.Name() == "cdk.out" || strings.HasPrefix(entry.Name(), ".")
		switch {
		case entry.IsDir() && generated:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		relative, err := filepath.Rel(root, name)
		files = append(files, diskFile{path: filepath.ToSlash(relative), name: name})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A diskFile is a file of the working tree.
type diskFile struct{ path, name string }

func (f diskFile) Path() string                 { return f.path }
func (f diskFile) Lstat() (fs.FileInfo, error)  { return os.Lstat(f.name) }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(f.name) }
