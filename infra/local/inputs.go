package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// inputs names everything that an app is known to make its assembly of: the files of its folder, the context, the version of
// Go, and the variables that Go, the CDK and its like read. An app that reads more needs -synth.
func inputs(root string, context []byte, environment []string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s/%s\n%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, context)
	for _, variable := range slices.Sorted(slices.Values(environment)) {
		if slices.ContainsFunc([]string{"AWS_", "CDK_", "CGO_", "GO", "HERMES_", "JSII_", "NODE_"}, func(prefix string) bool {
			return strings.HasPrefix(variable, prefix)
		}) {
			fmt.Fprintln(sum, variable)
		}
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && entry.IsDir() && notSource(entry.Name()):
			return fs.SkipDir
		case entry.Type().IsRegular():
			return hashFile(sum, root, path)
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			fmt.Fprintf(sum, "%q -> %q\n", path, target)
			return err
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// notSource lists folders that no app is made of: those of git and of tools, what npm installs, what the CDK writes.
func notSource(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "cdk.out"
}

func hashFile(sum io.Writer, root, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, path)
	fmt.Fprintf(sum, "%q %x\n", name, sha256.Sum256(content))
	return err
}
