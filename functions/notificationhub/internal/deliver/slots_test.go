package deliver_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

func TestNoMorePostsAreInFlightThanAllowed(t *testing.T) {
	t.Parallel()
	b := setup()
	var mu sync.Mutex
	var now, most int
	b.gateway.OnPost = func(context.Context, string, int) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		mu.Lock()
		now--
		mu.Unlock()
		return nil
	}
	d := deliver.New(deliver.Config{
		Poster: b.gateway, Prober: b.gateway, Remover: b.table, Clock: b.clock, Concurrency: 3, Jitter: hubtest.FullJitter,
		Log: slog.New(slog.DiscardHandler),
	})
	if failures := d.Deliver(context.Background(), delivery(1), b.room(t, 500)); len(failures) != 0 {
		t.Errorf("failures %v", failures)
	}
	if most > 3 || b.gateway.Receivers() != 500 {
		t.Errorf("%d at a time, %d receivers", most, b.gateway.Receivers())
	}
}
