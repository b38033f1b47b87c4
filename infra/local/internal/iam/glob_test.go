package iam

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func compileGlob(t testing.TB, text string) string {
	t.Helper()
	p, err := newPattern(text, dialect{wildcards: true})
	if err != nil {
		t.Fatal(err)
	}
	return p.compiled
}

func TestMatchWildcard(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"*", "", true},
		{"?", "", false},
		{"a*b*c", "a1b2b3c", true},
		{"a*b*c", "a1b2b3", false},
		{"??", "é", false},
		{"?", "é", true},
		{"*??", "é", false},
		{"*??", "éb", true},
		{"arn:aws:sqs:*:*:q", "arn:aws:sqs:us-east-1:000000000000:q", true},
	}
	for _, tt := range tests {
		t.Run(tt.pattern+" against "+tt.s, func(t *testing.T) {
			t.Parallel()
			if got := matchWildcard(compileGlob(t, tt.pattern), tt.s); got != tt.want {
				t.Fatalf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// FuzzMatchWildcard compares the matcher with a regular expression of the same meaning.
func FuzzMatchWildcard(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*é?*", "ééé")
	f.Add("**?", "")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) || strings.ContainsAny(pattern, "\x00\x01") || len(pattern)+len(s) > 200 {
			return
		}
		quoted := strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`\A` + quoted + `\z`).MatchString(s)
		if got := matchWildcard(compileGlob(t, pattern), s); got != want {
			t.Fatalf("%q against %q: got %t, want %t", pattern, s, got, want)
		}
	})
}
