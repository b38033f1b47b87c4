package lambda

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestLines(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	for range 20 { // what is printed just before the answer still belongs to the invocation
		r := s.must(t, `{"Do":"print","Text":"x"}`)
		got := s.lines.texts(r.RequestID)
		report := got[len(got)-1]
		want := []string{"platform START RequestId: " + r.RequestID + " Version: $LATEST", "stdout out x", "stderr err x", "platform END RequestId: " + r.RequestID}
		middle := got[1 : len(got)-2]
		slices.Sort(middle)
		if joined := strings.Join(got[:len(got)-1], "|"); len(got) != 5 && len(got) != 6 || got[0] != want[0] || got[len(got)-2] != want[3] ||
			!slices.ContainsFunc(middle, func(l string) bool { return strings.HasSuffix(l, "out x") }) || !slices.Contains(middle, want[2]) {
			t.Fatalf("lines %s", joined)
		}
		pattern := `^platform REPORT RequestId: ` + r.RequestID + `\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB(\tInit Duration: \d+\.\d\d ms)?$`
		if !regexp.MustCompile(pattern).MatchString(report) {
			t.Fatalf("report %q", report)
		}
	}
}

func TestOutputIsCutIntoLines(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		written []string
		want    []string
	}{
		{"lines in one write", []string{"a\nb\n"}, []string{"a", "b"}},
		{"a line in two writes", []string{"a", "b\n"}, []string{"ab"}},
		{"an empty line", []string{"\n"}, []string{""}},
		{"a carriage return", []string{"a\r\n"}, []string{"a"}},
		{"an unfinished last line", []string{"a\nb"}, []string{"a", "b"}},
		{"a line that is too long", []string{strings.Repeat("x", maxLine+1) + "\n"}, []string{strings.Repeat("x", maxLine), "x"}},
		{"nothing", nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var got []string
			o, w, err := newOutput(func(line []byte) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, string(line))
			})
			if err != nil {
				t.Fatal(err)
			}
			write(t, w, c.written)
			o.close()
			if !slices.Equal(got, c.want) {
				t.Errorf("%d lines %.100q", len(got), got)
			}
		})
	}
}

func write(t *testing.T, w *os.File, parts []string) {
	t.Helper()
	for _, part := range parts {
		if _, err := w.WriteString(part); err != nil {
			t.Error(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
