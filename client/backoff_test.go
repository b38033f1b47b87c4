package client

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffStaysWithinItsCeiling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "base"))
		limit := base + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		try := rapid.IntRange(0, 1000).Draw(t, "try")
		part := rapid.Float64Range(0, 1).Draw(t, "part")
		var waited time.Duration
		b := backoff{base: base, limit: limit, random: func() float64 { return part }, sleep: func(_ context.Context, d time.Duration) error {
			waited = d
			return nil
		}}
		if err := b.wait(context.Background(), try); err != nil {
			t.Fatal(err)
		}
		want := limit
		if try < 10 {
			want = min(limit, base*time.Duration(1<<try))
		}
		ceiling := b.ceiling(try)
		if try < 10 && ceiling != want || try >= 60 && ceiling != limit {
			t.Fatalf("the ceiling of retry %d is %s, of %s up to %s", try, ceiling, base, limit)
		}
		if waited != time.Duration(part*float64(ceiling)) || waited > limit {
			t.Fatalf("the wait before retry %d is %s, %g of %s", try, waited, part, ceiling)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
	if err := sleep(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("gave %v", err)
	}
}
