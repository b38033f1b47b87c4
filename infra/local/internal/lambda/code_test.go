package lambda

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeZip makes an archive of names and contents; a name with a trailing slash is a folder.
func writeZip(t *testing.T, entries map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "code.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	writer := zip.NewWriter(file)
	for name, content := range entries {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o755)
		if strings.HasPrefix(content, "->") {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		entry, err := writer.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestInstallCode(t *testing.T) {
	t.Parallel()
	newRoot := func(t *testing.T) string {
		root := filepath.Join(t.TempDir(), "code")
		t.Cleanup(func() { _ = removeReadOnly(root) })
		return root
	}
	t.Run("a folder is copied, read-only, and found again", func(t *testing.T) {
		t.Parallel()
		root, source := newRoot(t), t.TempDir()
		if err := os.MkdirAll(source+"/data", 0o755); err != nil {
			t.Fatal(err)
		}
		for name, mode := range map[string]fs.FileMode{"bootstrap": 0o755, "data/a.json": 0o644} {
			if err := os.WriteFile(filepath.Join(source, name), []byte(name), mode); err != nil {
				t.Fatal(err)
			}
		}
		first, err := installCode(root, "work", source)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]fs.FileMode{"": 0o555, "bootstrap": 0o555, "data": 0o555, "data/a.json": 0o444} {
			info, err := os.Stat(filepath.Join(first, name))
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%q: %v, error %v", name, info, err)
			}
		}
		if again, err := installCode(root, "work", source); again != first || err != nil {
			t.Errorf("again: %s, error %v", again, err)
		}
		if err := os.WriteFile(source+"/bootstrap", []byte("changed"), 0o755); err != nil {
			t.Fatal(err)
		}
		second, err := installCode(root, "work", source)
		if err != nil || second == first {
			t.Fatalf("after a change: %s, error %v", second, err)
		}
		if content, err := os.ReadFile(second + "/bootstrap"); string(content) != "changed" {
			t.Errorf("content %q, error %v", content, err)
		}
		if _, err := os.Stat(first); err == nil {
			t.Error("the old copy is left")
		}
	})
	t.Run("an archive is unpacked", func(t *testing.T) {
		t.Parallel()
		dir, err := installCode(newRoot(t), "work", writeZip(t, map[string]string{"bootstrap": "x", "a/": "", "b/c": "y"}))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir + "/bootstrap")
		if err != nil || info.Mode().Perm() != 0o555 {
			t.Errorf("bootstrap: %v, error %v", info, err)
		}
		if content, _ := os.ReadFile(dir + "/b/c"); string(content) != "y" {
			t.Errorf("content %q", content)
		}
	})
	for name, entries := range map[string]map[string]string{
		`entry "../evil" leads out of the folder`:      {"../evil": "x"},
		`entry "/evil" leads out of the folder`:        {"/evil": "x"},
		`entry "link" is neither file nor folder`:      {"link": "->/etc/passwd"},
		`entry "a/../../evil" leads out of the folder`: {"a/../../evil": "x"},
	} {
		t.Run("an archive is refused: "+name, func(t *testing.T) {
			t.Parallel()
			archive := writeZip(t, entries)
			_, err := installCode(newRoot(t), "work", archive)
			if want := "lambda: install code of work: unzip " + archive + ": " + name; err == nil || err.Error() != want {
				t.Errorf("error %v, not %s", err, want)
			}
		})
	}
	t.Run("a source that is not there is refused", func(t *testing.T) {
		t.Parallel()
		_, err := installCode(newRoot(t), "work", "/nowhere")
		if err == nil || err.Error() != "lambda: install code of work: lstat /nowhere: no such file or directory" {
			t.Errorf("error %v", err)
		}
	})
}
