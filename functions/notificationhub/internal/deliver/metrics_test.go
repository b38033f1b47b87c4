package deliver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

func TestADeliveryIsCounted(t *testing.T) {
	t.Parallel()
	b := setup()
	var out bytes.Buffer
	b.deliverer = deliver.New(deliver.Config{
		Poster: b.gateway, Prober: b.gateway, Remover: b.table, Clock: b.clock, Jitter: hubtest.FullJitter, Log: slog.New(slog.DiscardHandler),
		Metrics: &metrics.Emitter{Out: &out, Namespace: "N", Dimension: "Hub", Value: "h", Now: time.Now},
	})
	connections := b.room(t, 4)
	b.gateway.OnPost = func(_ context.Context, id string, try int) error {
		switch {
		case id == "c1":
			return deliver.ErrGone
		case id == "c2" && try == 1:
			return deliver.ErrThrottled
		}
		return nil
	}
	d := delivery(2)
	d.Messages[0].Time = b.clock.Now().Add(-time.Second).UnixMilli()
	if failures := b.deliverer.Deliver(t.Context(), d, connections); len(failures) != 0 {
		t.Fatalf("failures %v", failures)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	for name, want := range map[string]float64{"Deliveries": 6, "Gone": 1, "Posts": 5, "Throttled": 1} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	// A second, and what the fake clock spent on the throttled post.
	if lag, _ := got["DeliveryLag"].(float64); lag < 1000 || lag > 2000 {
		t.Errorf("DeliveryLag is %v", got["DeliveryLag"])
	}
}
