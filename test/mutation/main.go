// Command mutation breaks lines that security rests on, one at a time, runs the tests that should notice, and lists the lines
// whose break went unnoticed. It changes no file: the go command overlays the broken one. It exits with status 1 if a line
// survives.
//
//	make test/mutation                     every line
//	go run ./test/mutation -only "topic"   those whose name matches
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A mutation is a line, or some, and what breaks it.
type mutation struct {
	name     string
	file     string
	old, new string
}

// callers are packages whose tests hold a package beside its own.
var callers = map[string][]string{
	"functions/internal/token": {"functions/messagescheduler/internal/bearer", "functions/notificationhub/internal/admission"},
}

func main() {
	only := regexp.MustCompile("")
	flag.TextVar(only, "only", only, "break lines whose name matches this `PATTERN`")
	flag.Parse()
	survived, broken, begun := 0, 0, time.Now()
	for _, m := range mutations {
		if !only.MatchString(m.name) {
			continue
		}
		broken++
		switch noticed, err := m.try(); {
		case err != nil:
			survived++
			fmt.Printf("NOT TRIED  %s (%s): %v\n", m.name, m.file, err)
		case !noticed:
			survived++
			fmt.Printf("SURVIVED   %s (%s)\n", m.name, m.file)
		}
	}
	fmt.Printf("%d lines broken, %d survived, %.0f s\n", broken, survived, time.Since(begun).Seconds())
	if survived > 0 {
		os.Exit(1)
	}
}

// apply returns the file with the line broken.
func (m mutation) apply() (string, error) {
	content, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(content), m.old); n != 1 {
		return "", fmt.Errorf("%s has %q %d times, want 1", m.file, m.old, n)
	}
	return strings.Replace(string(content), m.old, m.new, 1), nil
}

// try breaks the line and reports whether a test fails.
func (m mutation) try() (noticed bool, err error) {
	content, err := m.apply()
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "hermes-mutation-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is a temporary folder
	overlay, err := writeOverlay(dir, m.file, content)
	if err != nil {
		return false, err
	}
	arguments := []string{"test", "-timeout", "90s", "-overlay", overlay}
	for _, name := range append([]string{path.Dir(m.file)}, callers[path.Dir(m.file)]...) {
		arguments = append(arguments, "./"+name)
	}
	out, err := exec.CommandContext(context.Background(), "go", arguments...).CombinedOutput()
	var failed *exec.ExitError
	switch {
	case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
		return false, fmt.Errorf("it does not compile:\n%s", out)
	case errors.As(err, &failed):
		return true, nil
	}
	return false, err
}

// writeOverlay writes what stands in for a file. https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
func writeOverlay(dir, file, content string) (string, error) {
	original, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	broken, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{original: broken}})
	return overlay, errors.Join(err, os.WriteFile(broken, []byte(content), 0o600), os.WriteFile(overlay, text, 0o600))
}
