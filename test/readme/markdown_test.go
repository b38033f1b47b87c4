package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root of the repository.
const root = "../.."

// A block is what stands between two fences of a page.
type block struct {
	page     string
	line     int // of its first line
	language string
	text     string
}

// read returns a page of the repository.
func read(t *testing.T, page string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// blocks lists the blocks of a page in one language.
func blocks(t *testing.T, page, language string) []block {
	t.Helper()
	var found []block
	var open *block
	for n, line := range strings.Split(read(t, page), "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			open = &block{page: page, line: n + 2, language: fence}
		case isFence:
			if open.language == language {
				found = append(found, *open)
			}
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block is not closed", page, open.line)
	}
	return found
}

// A command is one that a page prints.
type command struct {
	line int
	text string
	done bool
}

// inlineCommand is a command in running text.
var inlineCommand = regexp.MustCompile("`(make [^`]+)`")

// commands lists what the shell blocks of a page and its running text tell the reader to type: one a line, without comments,
// a line that ends in a backslash together with the next. What is printed twice is listed once.
func commands(t *testing.T, page string) []*command {
	t.Helper()
	var all []*command
	seen := map[string]bool{}
	add := func(line int, text string) {
		if text != "" && !seen[text] {
			seen[text] = true
			all = append(all, &command{line: line, text: text})
		}
	}
	for _, b := range blocks(t, page, "sh") {
		before, begun := "", 0
		for n, line := range strings.Split(b.text, "\n") {
			if before == "" {
				begun = b.line + n
			}
			if strings.HasSuffix(line, `\`) {
				before += line + "\n"
				continue
			}
			add(begun, withoutComment(before+line))
			before = ""
		}
	}
	text := read(t, page)
	for _, at := range inlineCommand.FindAllStringSubmatchIndex(text, -1) {
		add(1+strings.Count(text[:at[2]], "\n"), strings.ReplaceAll(text[at[2]:at[3]], "\n", " ")) // it may go on in the next line
	}
	return all
}

var comment = regexp.MustCompile(`(^|\s+)#.*$`)

func withoutComment(line string) string { return strings.TrimSpace(comment.ReplaceAllString(line, "")) }

// pattern matches what a page shows of an answer, where "..." stands for any text and ... for any number.
func pattern(shown string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(shown)
	quoted = strings.ReplaceAll(quoted, `"\.\.\."`, `"[^"]+"`)
	return regexp.MustCompile("^" + strings.ReplaceAll(quoted, `\.\.\.`, `[^"]+`) + "$")
}
