package gobundle

import (
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestBuildMakesABootstrapForTheTarget(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		arch    string
		machine elf.Machine
	}{
		{"arm64", elf.EM_AARCH64},
		{"amd64", elf.EM_X86_64},
	} {
		t.Run("linux/"+test.arch, func(t *testing.T) {
			t.Parallel()
			b, _ := newBundler(t, demo())
			dir := mustBuild(t, b, hello, Target{OS: "linux", Arch: test.arch})

			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 || entries[0].Name() != "bootstrap" {
				t.Fatalf("got %v, %v, want nothing but bootstrap", entries, err)
			}
			info, err := entries[0].Info()
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != 0o755 || !info.ModTime().Equal(normalTime) {
				t.Errorf("got mode %v and time %v, want -rwxr-xr-x and %v", info.Mode(), info.ModTime(), normalTime)
			}
			assertStaticELF(t, filepath.Join(dir, "bootstrap"), test.machine)
		})
	}
}

func assertStaticELF(t *testing.T, name string, machine elf.Machine) {
	t.Helper()
	file, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.Machine != machine {
		t.Errorf("got machine %v, want %v", file.Machine, machine)
	}
	if file.Section(".interp") != nil {
		t.Error("the binary is linked dynamically")
	}
	if file.Section(".symtab") != nil {
		t.Error("the binary is not stripped")
	}
}

func TestBuildForDarwinMakesAMachO(t *testing.T) {
	t.Parallel()
	b, _ := newBundler(t, demo())
	dir := mustBuild(t, b, goodbye, Target{OS: "darwin", Arch: "arm64"})
	file, err := macho.Open(filepath.Join(dir, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.Cpu != macho.CpuArm64 {
		t.Errorf("got %v, want arm64", file.Cpu)
	}
}

func TestFunctionsOfOneFolderAreBuiltByOneCommand(t *testing.T) {
	t.Parallel()
	b, log := newBundler(t, demo())
	mustBuild(t, b, hello, linuxARM)
	mustBuild(t, b, goodbye, linuxARM)
	mustBuild(t, b, hello, linuxARM)
	if want := "hermes: building functions 1 to 2 of 3 for linux/arm64: functions/demo: goodbye hello\n"; log.String() != want {
		t.Errorf("got %q, want %q", log.String(), want)
	}
}

func TestOnlyChangedFunctionsAreBuiltAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		changes map[string]string
		built   string // "" for none
	}{
		{"nothing has changed", nil, ""},
		{"a test", map[string]string{hello + "/main_test.go": "package main\n"}, ""},
		{"test data", map[string]string{hello + "/testdata/x.go": "changed\n"}, ""},
		{"a file that no package holds", map[string]string{"functions/demo/README.md": "Changed.\n"}, ""},
		{"another construct's function", map[string]string{other + "/main.go": "package main\n\nfunc main() {}\n"}, ""},
		{"one function", map[string]string{goodbye + "/main.go": "package main\n\nfunc main() {}\n"}, "2 to 2 of 3 for linux/arm64: functions/demo: goodbye"},
		{"an embedded file", map[string]string{"functions/demo/internal/words/texts/hello.txt": "hi\n"}, "2 to 2 of 3 for linux/arm64: functions/demo: hello"},
		{"the module's requirements", map[string]string{"go.mod": "module example.com/demo\n\ngo 1.26\n"}, "1 to 2 of 3 for linux/arm64: functions/demo: goodbye hello"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, _ := newBundler(t, demo())
			mustBuild(t, before, hello, linuxARM)

			after, log := newBundler(t, demo(test.changes))
			after.Cache = before.Cache
			mustBuild(t, after, hello, linuxARM)
			mustBuild(t, after, goodbye, linuxARM)
			want := ""
			if test.built != "" {
				want = "hermes: building functions " + test.built + "\n"
			}
			if log.String() != want {
				t.Errorf("got %q, want %q", log.String(), want)
			}
		})
	}
}

func TestTheSameSourcesGiveTheSameBinaryInAnyFolder(t *testing.T) {
	t.Parallel()
	var sums []string
	for range 2 {
		b, _ := newBundler(t, demo())
		sums = append(sums, sum(t, mustBuild(t, b, hello, linuxARM)))
	}
	if sums[0] != sums[1] {
		t.Errorf("got %s and %s, want the same", sums[0], sums[1])
	}
}

// It sets the environment, so it does not run beside others.
func TestTheMachinesSettingsDoNotReachTheBinary(t *testing.T) {
	plain, _ := newBundler(t, demo())
	want := sum(t, mustBuild(t, plain, hello, linuxARM))

	settings := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(settings, []byte("GOFLAGS=-mod=vendor -race\nGOAMD64=v4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, key, value string }{
		{"flags of the environment", "GOFLAGS", "-mod=vendor -gcflags=all=-N"},
		{"flags written by go env -w", "GOENV", settings},
		{"a workspace", "GOWORK", filepath.Join(t.TempDir(), "go.work")},
		{"GOPATH mode", "GO111MODULE", "off"},
		{"another system", "GOOS", "windows"},
		{"another architecture", "GOARCH", "386"},
		{"another baseline", "GOARM64", "v9.0"},
		{"cgo", "CGO_ENABLED", "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(test.key, test.value)
			b, _ := newBundler(t, demo())
			if got := sum(t, mustBuild(t, b, hello, linuxARM)); got != want {
				t.Errorf("with %s=%s: got %s, want %s", test.key, test.value, got, want)
			}
		})
	}
}

func sum(t *testing.T, dir string) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(mustRead(t, dir, "bootstrap"))))
}

func TestProcessesMayShareACache(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	dirs := make([]string, 4)
	var group sync.WaitGroup
	for i := range dirs {
		group.Go(func() {
			b := &Bundler{Source: demo(), Cache: shared} // nothing in common but the folder, as in another process
			dir, err := b.Build(t.Context(), hello, linuxARM)
			if err != nil {
				t.Error(err)
			}
			dirs[i] = dir
		})
	}
	group.Wait()
	for _, dir := range dirs {
		if dir != dirs[0] {
			t.Errorf("got %s and %s, want one folder", dir, dirs[0])
		}
	}
	assertStaticELF(t, filepath.Join(dirs[0], "bootstrap"), elf.EM_AARCH64)
	if left, _ := filepath.Glob(filepath.Join(shared, "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAnEntryThatSomebodyEmptiedIsBuiltAgain(t *testing.T) {
	t.Parallel()
	b, _ := newBundler(t, demo())
	dir := mustBuild(t, b, hello, linuxARM)
	want := sum(t, dir)
	if err := os.Truncate(filepath.Join(dir, "bootstrap"), 0); err != nil {
		t.Fatal(err)
	}
	if got := sum(t, mustBuild(t, b, hello, linuxARM)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, pkg string
		target    Target
		is        error
		want      string
	}{
		{
			"a package that is not there", "functions/demo/absent", linuxARM, ErrNotFunction,
			"gobundle: build functions/demo/absent for linux/arm64: not a main package of the embedded sources of example.com/demo",
		},
		{
			"a library", "functions/demo/internal/words", linuxARM, ErrNotFunction,
			"gobundle: build functions/demo/internal/words for linux/arm64: not a main package of the embedded sources of example.com/demo",
		},
		{
			"an operating system that no stage runs on", hello,
			Target{OS: "windows", Arch: "arm64"},
			ErrTarget,
			`gobundle: build functions/demo/hello for windows/arm64: unknown target: operating system "windows" is not one of linux, darwin`,
		},
		{
			"an architecture that Lambda does not have", hello,
			Target{OS: "linux", Arch: "riscv64"},
			ErrTarget,
			`gobundle: build functions/demo/hello for linux/riscv64: unknown target: architecture "riscv64" is not one of arm64, amd64`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b, _ := newBundler(t, demo())
			_, err := b.Build(t.Context(), test.pkg, test.target)
			if !errors.Is(err, test.is) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestAFailedBuildShowsTheCommandAndTheCompilersOutput(t *testing.T) {
	t.Parallel()
	b, _ := newBundler(t, demo(map[string]string{goodbye + "/main.go": "package main\n\nfunc main() { absent() }\n"}))
	_, err := b.Build(t.Context(), goodbye, linuxARM)
	if !errors.Is(err, ErrBuild) {
		t.Fatalf("got %v, want ErrBuild", err)
	}
	sources := filepath.Join(b.Cache, "src", b.tree.digest(b.tree.names()))
	command, output, _ := strings.Cut(strings.TrimPrefix(err.Error(), "gobundle: build functions/demo/goodbye for linux/arm64: "+
		"go build failed: exit status 1\n"), "\n")
	before, after, _ := strings.Cut(command, filepath.Join(b.Cache, "tmp-"))

	if want := "cd " + sources + " && GO111MODULE=on GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 GOOS=linux GOARCH=arm64 " +
		"GOAMD64=v1 GOARM64=v8.0 go build -trimpath -buildvcs=false -tags lambda.norpc -ldflags \"-s -w\" -o "; before != want {
		t.Errorf("command: got %s\nwant %s", before, want)
	}
	if want := " ./functions/demo/goodbye ./functions/demo/hello"; !strings.HasSuffix(after, want) {
		t.Errorf("packages: got %s, want %s", after, want)
	}
	if want := "# example.com/demo/functions/demo/goodbye\nfunctions/demo/goodbye/main.go:3:15: undefined: absent"; output != want {
		t.Errorf("output: got %s\nwant %s", output, want)
	}
	if left, _ := filepath.Glob(filepath.Join(b.Cache, "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAMissingGoCommandIsNamed(t *testing.T) {
	t.Parallel()
	b, _ := newBundler(t, demo())
	b.Go = "go-that-nobody-installed"
	_, err := b.Build(t.Context(), hello, linuxARM)
	want := "gobundle: build functions/demo/hello for linux/arm64: the go command is not in PATH: install Go from " +
		`https://go.dev/dl, or pass Code of your own: exec: "go-that-nobody-installed": executable file not found in $PATH`
	if !errors.Is(err, ErrGoMissing) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
