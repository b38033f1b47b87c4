package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

// othersRate is what other callers of the account ask for: a fifth of the quota.
const othersRate = 2000

// BenchmarkReserve broadcasts to a large room while small rooms are busy too, and other callers of the account connect. With all
// of the quota the others are throttled as much as the posts; with the reserve they get what they ask for, and the room takes
// longer. The rates are those that the construct sets by default.
func BenchmarkReserve(b *testing.B) {
	for _, c := range []struct {
		name         string
		small, large float64 // posts a second of one instance
	}{
		{"all", 0, 0},
		{"70%", 1166, 2333},
	} {
		for _, room := range []int{10_000, 30_000} {
			b.Run(fmt.Sprintf("quota=%s/connections=%d", c.name, room), func(b *testing.B) { benchmarkReserve(b, room, c.small, c.large) })
		}
	}
}

func benchmarkReserve(b *testing.B, connections int, small, large float64) {
	const instances = 2 // of each function
	endpoint := startGateway(b)
	table := &hubtest.Connections{PageSize: 5000}
	fill(b, table, "r", connections)
	var wall time.Duration
	var others, refused, posts int
	for b.Loop() {
		b.StopTimer()
		deliverers, busy := make([]*deliver.Deliverer, instances), make([]*deliver.Deliverer, instances)
		for i := range instances {
			deliverers[i], busy[i] = newDeliverer(endpoint, table, large), newDeliverer(endpoint, table, small)
		}
		call(b, endpoint, fmt.Sprintf("/reset?%g/%g", awsQuota.rate, awsQuota.burst))
		call(b, endpoint, fmt.Sprintf("/others?%d", othersRate))
		ctx, cancel := context.WithCancel(context.Background())
		ended := keepBusy(ctx, b, busy)
		start := time.Now()
		b.StartTimer()
		broadcastOnce(b, table, deliverers)
		b.StopTimer()
		wall += time.Since(start)
		stats := call(b, endpoint, "/stats")
		cancel()
		ended.Wait()
		others, refused, posts = others+stats.Others, refused+stats.Refused, posts+stats.Reached+stats.Repeated
		b.StartTimer()
	}
	runs := float64(b.N)
	b.ReportMetric(wall.Seconds()/runs, "s/room")
	b.ReportMetric(float64(posts)/wall.Seconds(), "posts/s")
	b.ReportMetric(float64(others-refused)/wall.Seconds(), "others/s")
	b.ReportMetric(100*float64(refused)/float64(max(1, others)), "others-429-%")
}

// keepBusy has each instance deliver to a small room, again and again until ctx ends.
func keepBusy(ctx context.Context, b *testing.B, instances []*deliver.Deliverer) *sync.WaitGroup {
	b.Helper()
	message := hub.Message{ID: "m", RoomID: "s", Seq: 1, Data: json.RawMessage(`1`)}
	var all sync.WaitGroup
	for i, d := range instances {
		table := &hubtest.Connections{PageSize: 250}
		fill(b, table, fmt.Sprintf("s%d", i), 250)
		all.Go(func() {
			for ctx.Err() == nil {
				_ = table.Each(ctx, fmt.Sprintf("s%d", i), "", func(page []hub.Connection) error {
					d.Deliver(ctx, hub.Delivery{RoomID: "s", Seq: 1, Messages: []hub.Message{message}}, page)
					return nil
				})
			}
		})
	}
	return &all
}
