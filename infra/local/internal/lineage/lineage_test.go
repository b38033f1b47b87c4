package lineage

import (
	"context"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, header string
		want         Lineage
	}{
		{"a header without a lineage", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", ""},
		{"a header with one", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0;Lineage=a87bd80c:1|68fd508a:5", "a87bd80c:1|68fd508a:5"},
		{"a header that the SDK has escaped", "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1%7C68fd508a:5", "a87bd80c:1|68fd508a:5"},
		{"no header", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Of(tt.header); got != tt.want {
				t.Errorf("lineage %q, want %q", got, tt.want)
			}
		})
	}
}

func TestInvocationsAreCountedByFunction(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:lambda:us-east-1:000000000000:function:work:live"
	l := Lineage("").Add("work").Add("other").Add(arn)
	if l.Count("work") != 2 || l.Count(arn) != 2 || l.Count("other") != 1 || l.Count("third") != 0 {
		t.Errorf("lineage %s", l)
	}
	if got := Of("Root=1;" + l.String()); got != l {
		t.Errorf("lineage %q, want %q", got, l)
	}
	if got := FromContext(NewContext(context.Background(), l)); got != l {
		t.Errorf("lineage of the context %q", got)
	}
}

func FuzzLineage(f *testing.F) {
	f.Add("Lineage=a87bd80c:1|68fd508a:5")
	f.Add("Lineage=a87bd80c:99999999999999999999||:")
	f.Add("Lineage=%zz" + strings.Repeat("|a87bd80c:1", 100))
	f.Fuzz(func(t *testing.T, header string) {
		l := Of(header)
		if got := l.Add("work").Count("work"); got < 1 && len(l.entries()) < maxEntries {
			t.Errorf("%q: %d invocations after one more", l, got)
		}
	})
}
