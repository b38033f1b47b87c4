package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// clone makes a clean clone of the working tree, what is not committed included, in a folder whose name is as difficult as
// users' names are. It asks nothing of the tree's own repository, so that a source archive can be tested too.
func clone(t *testing.T) string {
	t.Helper()
	tree, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	parent := filepath.Join(t.TempDir(), "Größe und Überblick – ημέρα")
	repository, dir := filepath.Join(parent, "hermes.git"), filepath.Join(parent, "hermes")
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", repository},
		{"--git-dir", repository, "--work-tree", tree, "add", "--all", "."},
		{
			"--git-dir", repository, "--work-tree", tree, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false",
			"commit", "--quiet", "--no-verify", "--message", "The tree being tested",
		},
		{"clone", "--quiet", "--local", repository, dir},
	} {
		git := exec.CommandContext(t.Context(), "git", args...)
		git.Dir = tree
		git.Env = append(withoutGit(os.Environ()), "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	return dir
}

// withoutGit leaves out what a hook's environment says of the repository that it runs for.
func withoutGit(environment []string) []string {
	return slices.DeleteFunc(environment, func(entry string) bool { return strings.HasPrefix(entry, "GIT_") })
}
