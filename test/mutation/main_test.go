package main

import (
	"go/parser"
	"go/token"
	"testing"
)

// The table follows the code: each line is there once, and its break is Go.
func TestEveryLineIsThere(t *testing.T) {
	t.Chdir("../..")
	names := map[string]bool{}
	for _, m := range mutations {
		content, err := m.apply()
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, content, 0); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		if names[m.name] {
			t.Errorf("%s twice", m.name)
		}
		names[m.name] = true
	}
	if len(mutations) < 50 {
		t.Errorf("%d lines, want 50", len(mutations))
	}
}
