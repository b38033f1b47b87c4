package gobundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// flags of every build. lambda.norpc leaves out the transport of the retired go1.x runtime, -s -w the symbol table
// and the debug information: what a panic prints needs neither.
// https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
var flags = []string{"-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w"}

// settings is the part of the environment that a build must not take from the machine. Credentials, proxies and
// caches stay the user's own. Three of them need a reason:
//
//   - An empty GOFLAGS is the same to the go command as none, and lets those of "go env -w" in; naming the default
//     of -mod shuts them out.
//   - GOAMD64 and GOARM64 are the baselines, so that a machine's own choice does not end up in the zip.
func settings(target Target) []string {
	return []string{
		"GO111MODULE=on", "GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0",
		"GOOS=" + target.OS, "GOARCH=" + target.Arch, "GOAMD64=v1", "GOARM64=v8.0",
	}
}

// A compiler runs the go command in a folder of extracted sources.
type compiler struct {
	command string // name or path of the go command
	dir     string
	target  Target
}

// version identifies the toolchain. It is asked in the folder of the sources, because a toolchain line in go.mod may
// have the go command switch to another.
func (c compiler) version(ctx context.Context) (string, error) {
	out, err := c.run(ctx, "env", "GOVERSION", "GOEXPERIMENT", "GOFIPS140")
	return strings.TrimSpace(string(out)), err
}

// build writes one binary for each package into the folder out, named by the last element of its path.
func (c compiler) build(ctx context.Context, packages []string, out string) error {
	args := append([]string{"build"}, flags...)
	args = append(args, "-o", out)
	for _, p := range packages {
		args = append(args, "./"+p)
	}
	_, err := c.run(ctx, args...)
	return err
}

func (c compiler) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.command, args...)
	cmd.Dir = c.dir
	cmd.Env = append(cmd.Environ(), settings(c.target)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr

	err := cmd.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("%w: %w", ErrGoMissing, err)
	}
	return nil, fmt.Errorf("%w: %w\n%s\n%s", ErrBuild, err, c.commandLine(args), bytes.TrimSpace(stderr.Bytes()))
}

// commandLine renders a command so that it can be pasted into a shell.
func (c compiler) commandLine(args []string) string {
	words := []string{"cd", quote(c.dir), "&&"}
	words = append(words, settings(c.target)...)
	words = append(words, quote(c.command))
	for _, arg := range args {
		words = append(words, quote(arg))
	}
	return strings.Join(words, " ")
}

func quote(word string) string {
	if strings.ContainsAny(word, " \t\"'$\\") {
		return strconv.Quote(word)
	}
	return word
}
