package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var codeSpan = regexp.MustCompile("`([^`]+)`")

// Every path that the map of the code names exists: from the root, from the folder that the section's heading names, or, for a
// test, beside one of the row's packages.
func TestTheArchitecturePageNamesFilesThatExist(t *testing.T) {
	t.Parallel()
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	section, paths := "", 0
	for number, line := range strings.Split(string(page), "\n") {
		spans := codeSpan.FindAllStringSubmatch(line, -1)
		if strings.HasPrefix(line, "#") {
			section = ""
			if len(spans) > 0 {
				section = spans[0][1]
			}
		}
		folders := []string{root, filepath.Join(root, section)}
		for _, span := range spans {
			path := span[1]
			if !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".md") && !isFolder(path) {
				continue
			}
			paths++
			found := ""
			for _, folder := range folders {
				if _, err := os.Stat(filepath.Join(folder, path)); err == nil {
					found = filepath.Join(folder, path)
				}
			}
			if found == "" {
				t.Errorf("docs/architecture.md:%d names %s, which is not there", number+1, path)
				continue
			}
			folders = append(folders, found)
		}
	}
	if paths < 50 {
		t.Errorf("found %d paths in docs/architecture.md: does the test still read the page as it is written?", paths)
	}
}

// isFolder says whether a code span is meant as a folder, not as a route, an action or a body.
func isFolder(span string) bool {
	for _, top := range []string{"internal/", "contract/", "functions/", "constructs/", "client", "infra/", "test/", "../"} {
		if strings.HasPrefix(span, top) && !strings.ContainsAny(span, " *<{") {
			return true
		}
	}
	return false
}
