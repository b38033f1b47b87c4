package provision

import (
	"os"
	"strings"
	"testing"
)

// TestTypesAreDocumented compares the table of docs/templates.md with Types.
func TestTypesAreDocumented(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/templates.md", "<!-- types -->\n", "<!-- /types -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), begin)
	table, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table between %q and %q", file, begin, end)
	}
	want := "\n" + typesTable() + "\n"
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("%s is not up to date: run this test with -update", file)
	}
	if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o600); err != nil {
		t.Fatal(err)
	}
}

// typesTable is a Markdown table of Types.
func typesTable() string {
	var b strings.Builder
	b.WriteString("| resource type | honoured | accepted without effect |\n|---|---|---|\n")
	for _, typ := range Types() {
		honoured, ignored := "-", "everything: "+typ.Inert
		if typ.Inert == "" {
			honoured, ignored = properties(typ.Properties)
		}
		b.WriteString("| `" + typ.Name + "` | " + honoured + " | " + ignored + " |\n")
	}
	return b.String()
}

// properties lists the honoured properties, and the ignored ones by reason.
func properties(list []Property) (honoured, ignored string) {
	var works, reasons []string
	byReason := map[string][]string{}
	for _, p := range list {
		path := "`" + p.Path + "`"
		if p.Ignored == "" {
			if len(p.Only) > 0 {
				path += " (" + strings.Join(p.Only, ", ") + ")"
			}
			works = append(works, path)
			continue
		}
		if byReason[p.Ignored] == nil {
			reasons = append(reasons, p.Ignored)
		}
		byReason[p.Ignored] = append(byReason[p.Ignored], path)
	}
	parts := make([]string, len(reasons))
	for i, reason := range reasons {
		parts[i] = strings.Join(byReason[reason], ", ") + ": " + reason
	}
	return strings.Join(works, ", "), strings.Join(parts, "; ")
}
