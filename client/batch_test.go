package client

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSplitKeepsOrderAndLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		maxCount := rapid.IntRange(1, 12).Draw(t, "maxCount")
		maxBytes := rapid.IntRange(1, 1000).Draw(t, "maxBytes")
		sizes := rapid.SliceOfN(rapid.IntRange(0, maxBytes), 0, 60).Draw(t, "sizes")
		spans := split(sizes, maxCount, maxBytes)

		next := 0
		for n, s := range spans {
			if s.first != next || s.end <= s.first {
				t.Fatalf("run %d is %v, and the one before ended at %d", n, s, next)
			}
			next = s.end
			count, total := s.end-s.first, sum(sizes[s.first:s.end])
			if count > maxCount || total > maxBytes {
				t.Fatalf("run %v has %d messages of %d bytes", s, count, total)
			}
			// The next message did not fit: the runs are as few as can be.
			if s.end < len(sizes) && count < maxCount && total+sizes[s.end] <= maxBytes {
				t.Fatalf("run %v ends early", s)
			}
		}
		if next != len(sizes) {
			t.Fatalf("the runs end at %d of %d messages", next, len(sizes))
		}
	})
}

func sum(sizes []int) int {
	total := 0
	for _, size := range sizes {
		total += size
	}
	return total
}

func TestSplitAtTheLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		sizes []int
		want  []span
	}{
		{"nothing gives nothing", nil, nil},
		{"ten go together", make([]int, 10), []span{{0, 10}}},
		{"the eleventh goes alone", make([]int, 11), []span{{0, 10}, {10, 11}}},
		{"exactly the bytes allowed go together", []int{1 << 19, 1 << 19}, []span{{0, 2}}},
		{"a byte more does not", []int{1 << 19, 1<<19 + 1}, []span{{0, 1}, {1, 2}}},
		{"one over the limit goes alone", []int{1, 1<<20 + 1, 1}, []span{{0, 1}, {1, 2}, {2, 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := split(tt.sizes, maxBatchMessages, maxBatchBytes)
			if len(got) != len(tt.want) {
				t.Fatalf("gave %v, want %v", got, tt.want)
			}
			for n := range got {
				if got[n] != tt.want[n] {
					t.Errorf("gave %v, want %v", got, tt.want)
				}
			}
		})
	}
}
