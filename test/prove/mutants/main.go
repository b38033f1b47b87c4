// Command mutants shows that the checker finds bugs: it plants each of mutants/*.patch in a copy of the repository, runs the
// checker against the copy, and says which scenarios found the bug. It exits with status 1 if one was not found.
//
//	go run ./test/prove/mutants                    every patch
//	go run ./test/prove/mutants -only unconditional
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	only := flag.String("only", "", "plant this `NAME` only")
	scenarios := flag.String("scenario", "", "scenarios to run (default: the short run)")
	seed := flag.String("seed", "1", "seed of faults and load")
	flag.Parse()
	patches, err := filepath.Glob("test/prove/mutants/*.patch")
	if err == nil && len(patches) == 0 {
		err = errors.New("there is no patch: run from the repository's root")
	}
	missed := 0
	for _, patch := range patches {
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if err != nil || *only != "" && *only != name {
			continue
		}
		var found string
		if found, err = try(patch, *seed, *scenarios); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
			break
		}
		if found == "" {
			missed++
			found = "nothing"
		}
		fmt.Printf("%-24s found by %s\n", name, found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || missed > 0 {
		os.Exit(1)
	}
}

// try plants a bug in a copy of the repository and returns the scenarios that found it.
func try(patch, seed, scenarios string) (found string, err error) {
	tree, err := os.MkdirTemp("", "hermes-mutant-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tree) //nolint:errcheck // it is a temporary folder
	if err := copyTree(tree); err != nil {
		return "", err
	}
	path, err := filepath.Abs(patch)
	if err != nil {
		return "", err
	}
	if out, err := command(tree, "git", "apply", "--whitespace=nowarn", path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("git apply: %w\n%s", err, out)
	}
	var printed bytes.Buffer
	check := command(".", "go", "run", "./test/prove", "-tree", tree, "-seed", seed, "-scenario", scenarios)
	check.Stdout, check.Stderr = io.MultiWriter(&printed, os.Stderr), os.Stderr
	err = check.Run()
	_, found, judged := strings.Cut(printed.String(), "\nviolations: ")
	if !judged {
		return "", fmt.Errorf("the checker did not come to a verdict: %w", err)
	}
	if found, _, _ = strings.Cut(found, "\n"); found == "none" {
		return "", nil
	}
	return found, nil
}

// copyTree copies what git knows or would know, and borrows node_modules.
func copyTree(tree string) error {
	files, err := command(".", "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for _, name := range strings.Split(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		if name == "node_modules" { // a link to a folder, which .gitignore does not know
			continue
		}
		content, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed
		}
		if err != nil {
			return err
		}
		target := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			return err
		}
	}
	modules, err := filepath.Abs("node_modules")
	if err != nil {
		return err
	}
	return os.Symlink(modules, filepath.Join(tree, "node_modules"))
}

func command(dir, name string, arguments ...string) *exec.Cmd {
	c := exec.Command(name, arguments...)
	c.Dir = dir
	return c
}
