package start_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const nobody = 65534

// A machine is a checkout and a PATH of its own.
type machine struct{ root, bin string }

// newMachine has what every system has, the real node and go, and a checkout with nothing but the script.
func newMachine(t *testing.T) machine {
	t.Helper()
	dir, err := os.MkdirTemp("", "Zoë's machine ") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := machine{root: filepath.Join(dir, "checkout"), bin: filepath.Join(dir, "bin")}
	for _, folder := range []string{dir, m.bin, m.root, filepath.Join(m.root, "infra"), filepath.Join(m.root, "infra", "start")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, program := range []string{"sh", "awk", "df", "dirname", "head", "make", "node", "npm", "go"} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Skip(program, "is not on this machine")
		}
		if err := os.Symlink(path, filepath.Join(m.bin, program)); err != nil {
			t.Fatal(err)
		}
	}
	m.write(t, filepath.Join(m.root, "go.mod"), "module example.com/app\n\ngo 1.26.0\n")
	script, err := os.ReadFile("doctor.sh")
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, filepath.Join(m.root, "infra", "start", "doctor.sh"), string(script))
	return m
}

func (m machine) write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

// replace puts a shell script in the place of a program; an empty one takes it away.
func (m machine) replace(t *testing.T, program, script string) {
	t.Helper()
	path := filepath.Join(m.bin, program)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if script != "" {
		m.write(t, path, "#!/bin/sh\n"+script+"\n")
	}
}

func (m machine) doctor(arguments ...string) *exec.Cmd {
	doctor := exec.Command("/bin/sh", append([]string{filepath.Join(m.root, "infra", "start", "doctor.sh")}, arguments...)...)
	doctor.Env = []string{"PATH=" + m.bin, "HOME=" + m.root, "GOCACHE=" + m.root, "GOTOOLCHAIN=local"}
	return doctor
}

func TestWhatIsMissingIsToldInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		name      string
		arguments []string
		damage    func(*testing.T, machine)
		want      string
	}{
		{"nothing", nil, func(*testing.T, machine) {}, ""},
		{
			"no Go", nil, func(t *testing.T, m machine) { t.Helper(); m.replace(t, "go", "") },
			"make run: Go is not in PATH: install Go 1.26.0 or newer from https://go.dev/dl\n",
		},
		{
			"a Go of last year", nil, func(t *testing.T, m machine) { t.Helper(); m.replace(t, "go", `echo go1.20.7`) },
			"make run: Go 1.20.7 is too old: install Go 1.26.0 or newer from https://go.dev/dl\n",
		},
		{
			"no Node", nil, func(t *testing.T, m machine) { t.Helper(); m.replace(t, "node", "") },
			"make run: Node is not in PATH: install Node 24 (LTS) from https://nodejs.org/en/download\n",
		},
		{
			"an old Node", nil, func(t *testing.T, m machine) { t.Helper(); m.replace(t, "node", "echo v18.20.4") },
			"make run: Node 18.20.4 is too old: install Node 24 (LTS) from https://nodejs.org/en/download\n",
		},
		{
			"no npm", nil, func(t *testing.T, m machine) { t.Helper(); m.replace(t, "npm", "") },
			"make run: npm is not in PATH: it comes with Node, https://nodejs.org/en/download\n",
		},
		{
			"a port in use",
			[]string{"--ephemeral", "-port", port},
			func(*testing.T, machine) {},
			"make run: port " + port + " is not free: stop what uses it, or choose another: make run ARGS=\"-port 4570\"\n",
		},
		{
			"a full disk", nil, func(t *testing.T, m machine) {
				t.Helper()
				m.replace(t, "df", `echo head; echo "/dev/sda 100 1 20480 99% /"`)
				m.write(t, filepath.Join(m.root, "00"), "") // as if Go's cache had been used
			},
			"make run: disk: 20 MB free at ROOT, where the packages and the state need 500 MB: remove something\n" +
				"make run: disk: 20 MB free at ROOT, where Go's caches need 2000 MB: remove something, or set GOCACHE and GOMODCACHE to folders on another disk\n",
		},
		{
			"a folder of somebody else", nil, func(t *testing.T, m machine) {
				t.Helper()
				if err := os.Chmod(m.root, 0o555); err != nil {
					t.Fatal(err)
				}
			},
			"make run: no permission to write to ROOT: clone into a folder of yours, or chown it\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			c.damage(t, m)
			if c.arguments == nil {
				c.arguments = []string{"-port", "0"}
			}
			doctor := m.doctor(append([]string{"-run"}, c.arguments...)...)
			if os.Getuid() == 0 { // who may write anywhere
				doctor.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
				if c.name != "a folder of somebody else" {
					if err := os.Chown(m.root, nobody, nobody); err != nil {
						t.Fatal(err)
					}
				}
			}
			out, err := doctor.CombinedOutput()
			if want := strings.ReplaceAll(c.want, "ROOT", m.root); string(out) != want {
				t.Errorf("got\n%swant\n%s", out, want)
			}
			if code := doctor.ProcessState.ExitCode(); code != 0 != (c.want != "") {
				t.Errorf("exit status %d (%v)", code, err)
			}
		})
	}
}

func TestEverythingIsListed(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.replace(t, "node", "echo v20.19.0")
	m.replace(t, "make", "echo GNU Make 4.3")
	m.replace(t, "go", "case $2 in GOVERSION) echo go1.27.1;; *) echo;; esac")
	out, _ := m.doctor().CombinedOutput()
	for _, want := range []string{
		"ok       Go 1.27.1\n",
		"ok       Node 20.19.0 works, but its support has ended: Node 24 (LTS) is at https://nodejs.org/en/download\n",
		"ok       GNU Make 4.3\n",
		"ok       " + m.root + " is writable\n",
		"missing  Go has no build cache: set HOME, or GOCACHE, to a folder of yours\n",
		"ok       port 4566 is free\n",
		"hromium",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got\n%swant a line\n%s", out, want)
		}
	}
}
