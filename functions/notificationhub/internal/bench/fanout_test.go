package bench

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/queue/queuetest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/broadcast"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/management"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// chunksAtOnce is the batch size of the fan-out queue's event source mapping.
const chunksAtOnce = 10

// BenchmarkRoom broadcasts one message to a room, from the intake record to the last connection. Each instance is what
// one Lambda instance has: a window, sockets and signing keys of its own.
func BenchmarkRoom(b *testing.B) {
	for _, room := range []int{10_000, 100_000} {
		for _, instances := range []int{2, 4, 10} {
			b.Run(fmt.Sprintf("connections=%d/instances=%d", room, instances), func(b *testing.B) {
				benchmarkRoom(b, room, instances, awsQuota)
			})
		}
	}
}

// BenchmarkThrottledRoom is BenchmarkRoom with a tenth of the quota and of the connections. The machine then has CPU to
// spare, and the quota alone decides: the time should be near its floor, whatever the number of instances.
func BenchmarkThrottledRoom(b *testing.B) {
	tenth := limits{rate: awsQuota.rate / 10, burst: awsQuota.burst / 10}
	for _, room := range []int{1_000, 10_000} {
		for _, instances := range []int{2, 4, 10} {
			b.Run(fmt.Sprintf("connections=%d/instances=%d", room, instances), func(b *testing.B) {
				benchmarkRoom(b, room, instances, tenth)
			})
		}
	}
}

func benchmarkRoom(b *testing.B, connections, instances int, quota limits) {
	endpoint := startGateway(b)
	table := &hubtest.Connections{PageSize: 5000}
	fill(b, table, "r", connections)
	deliverers := make([]*deliver.Deliverer, instances)
	for i := range deliverers {
		deliverers[i] = newDeliverer(endpoint, table, 0)
	}
	var cpu, wall time.Duration
	var throttled, repeated, delayed int
	for b.Loop() {
		b.StopTimer()
		call(b, endpoint, fmt.Sprintf("/reset?%g/%g", quota.rate, quota.burst))
		cpuBefore, start := cpuTime(b), time.Now()
		b.StartTimer()
		delayed += broadcastOnce(b, table, deliverers)
		b.StopTimer()
		wall += time.Since(start)
		cpu += cpuTime(b) - cpuBefore
		stats := call(b, endpoint, "/stats")
		if stats.Reached != connections {
			b.Fatalf("%d of %d connections were reached", stats.Reached, connections)
		}
		throttled += stats.Throttled
		repeated += stats.Repeated
		b.StartTimer()
	}
	runs := float64(b.N)
	b.ReportMetric(wall.Seconds()/runs, "s/room")
	b.ReportMetric(quota.floor(connections).Seconds(), "s-floor")
	b.ReportMetric(cpu.Seconds()*1000/runs/float64(connections), "cpu-ms/delivery")
	b.ReportMetric(float64(throttled)/runs/float64(connections), "429s/delivery")
	b.ReportMetric(float64(repeated)/runs, "repeats/room") // a post that timed out may have arrived
	b.ReportMetric(float64(delayed)/runs, "requeued-chunks/room")
}

// fill adds connections to a room.
func fill(b *testing.B, table *hubtest.Connections, room string, connections int) {
	b.Helper()
	for i := range connections {
		c := hub.Connection{ID: fmt.Sprintf("L0SM9%s%06dA=", room, i), RoomID: room, UserID: "u", Protocol: contract.Subprotocol, ConnectedAt: time.Now().Add(-time.Hour)}
		if err := table.Add(context.Background(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// newDeliverer makes what one instance has. It posts at most so often a second, or 0 for as often as the quota allows.
func newDeliverer(endpoint *url.URL, table *hubtest.Connections, rate float64) *deliver.Deliverer {
	keys := credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "session")
	gateway := management.New(endpoint, "us-east-1", keys, time.Now)
	return deliver.New(deliver.Config{Poster: gateway, Prober: gateway, Remover: table, Log: slog.New(slog.DiscardHandler), Rate: rate})
}

// broadcastOnce returns when the last connection has its message, with the number of chunks that came back delayed.
func broadcastOnce(b *testing.B, table *hubtest.Connections, deliverers []*deliver.Deliverer) (delayed int) {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	chunks, dead := newDelayed(), &queuetest.Queue{}
	distributor := fanout.Distributor{Queue: chunks, Jitter: rand.N[time.Duration]}
	var instances sync.WaitGroup
	for _, d := range deliverers {
		worker := fanout.Worker{Deliverer: d, Distributor: distributor, DeadLetters: dead, Log: log}
		instances.Go(func() { workOff(b, chunks, worker) })
	}
	broadcaster := &broadcast.Broadcaster{
		Rooms: roomlog.New(roomlog.Config{Store: &hubtest.Rows{}}), Directory: table, Deliverer: deliverers[0],
		Distributor: distributor, DeadLetters: dead, Now: time.Now, Log: log,
	}
	record := queue.Record{ID: "1", Body: `{"user_id":"backend","room_id":"r","data":{"type":"order","id":7,"text":"a message of a usual length"}}`}
	if failed := broadcaster.Broadcast(context.Background(), []queue.Record{record}); len(failed) != 0 {
		b.Fatalf("failed %v", failed)
	}
	chunks.pending.Wait()
	close(chunks.ready)
	instances.Wait()
	return chunks.delayed
}

// workOff is one instance: one invocation after the other, each with a batch of chunks side by side.
func workOff(b *testing.B, chunks *delayed, worker fanout.Worker) {
	for batch := chunks.receive(chunksAtOnce); batch != nil; batch = chunks.receive(chunksAtOnce) {
		var all sync.WaitGroup
		for _, body := range batch {
			all.Go(func() {
				if err := worker.Handle(context.Background(), body); err != nil {
					b.Error(err)
				}
				chunks.pending.Done()
			})
		}
		all.Wait()
	}
}

// cpuTime is what this process has used, in user and kernel.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
