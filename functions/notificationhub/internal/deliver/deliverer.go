package deliver

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Remover removes a connection from its room.
type Remover interface {
	Remove(ctx context.Context, c hub.Connection) error
}

// DefaultConcurrency is how many posts one process has in flight. At 20 ms each that is 12,500 a second, more than API
// Gateway's quota of 10,000.
const DefaultConcurrency = 250

// removals is how many rows are deleted concurrently, after the posts, in a pool of their own.
const removals = 16

// A Deliverer delivers messages to connections. One Deliverer serves a whole process: its deliveries share the pool and
// the pace.
type Deliverer struct {
	sender  sender
	remover Remover
	log     *slog.Logger
	metrics *metrics.Emitter
}

// Config is what a Deliverer needs. Clock and Jitter default to the machine's, Concurrency to DefaultConcurrency.
type Config struct {
	Poster      Poster
	Prober      Prober
	Remover     Remover
	Log         *slog.Logger
	Clock       clock.Clock
	Jitter      Jitter
	Concurrency int
	Rate        float64 // posts a second, at most; 0: as the account allows
	Metrics     *metrics.Emitter
}

// New returns a Deliverer.
func New(c Config) *Deliverer {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Jitter == nil {
		c.Jitter = rand.N[time.Duration]
	}
	if c.Concurrency == 0 {
		c.Concurrency = DefaultConcurrency
	}
	return &Deliverer{
		sender: sender{
			poster: c.Poster, prober: c.Prober, slots: make(chan struct{}, c.Concurrency), pacer: newPacer(c.Clock, c.Rate),
			clock: c.Clock, jitter: c.Jitter,
		},
		remover: c.Remover,
		log:     c.Log,
		metrics: c.Metrics,
	}
}

// A Failure is a connection that did not receive all messages and is not gone.
type Failure struct {
	Connection hub.Connection
	Delivered  int // how many messages, from the first, it received
	Err        error
}

// Deliver posts a delivery to connections of its room and returns those that failed, in any order. Gone connections are
// removed from the room and are not failures. When ctx ends, the remaining connections fail with ErrNoTime.
func (d *Deliverer) Deliver(ctx context.Context, delivery hub.Delivery, connections []hub.Connection) []Failure {
	outcome := &outcome{}
	frames := frames{delivery: delivery, encoded: map[kind][]frame.Frame{}}
	var posts sync.WaitGroup
	for _, c := range connections {
		toSend, err := frames.of(c)
		if err != nil {
			outcome.add(c, 0, err)
			continue
		}
		// Acquired here and not by the goroutine, so that there are never more goroutines than slots: thousands of waiting
		// goroutines would cost the garbage collector more than the posts.
		if err := d.sender.acquire(ctx); err != nil {
			outcome.add(c, 0, err)
			continue
		}
		posts.Go(func() {
			defer d.sender.release()
			delivered, err := d.sender.send(ctx, c, toSend)
			outcome.add(c, delivered, err)
		})
	}
	posts.Wait()
	d.report(delivery, outcome)
	d.removeAll(ctx, delivery.RoomID, outcome.gone)
	return outcome.failed
}

// report writes the metrics of a delivery. The posts of deliveries under way are counted by whichever ends first.
func (d *Deliverer) report(delivery hub.Delivery, o *outcome) {
	values := []metrics.Value{
		metrics.Count(contract.MetricDeliveries, o.delivered), metrics.Count(contract.MetricGone, len(o.gone)),
		metrics.Count(contract.MetricPosts, int(d.sender.posts.Swap(0))), metrics.Count(contract.MetricThrottled, int(d.sender.throttles.Swap(0))),
	}
	if len(delivery.Messages) > 0 && o.delivered > 0 {
		values = append(values, metrics.Duration(contract.MetricDeliveryLag, max(0, d.sender.clock.Now().Sub(time.UnixMilli(delivery.Messages[0].Time)))))
	}
	d.metrics.Write(values...)
}

// removeAll removes gone connections. A row that stays costs one more 410 later, so a failure is only logged.
func (d *Deliverer) removeAll(ctx context.Context, roomID string, gone []hub.Connection) {
	slots := make(chan struct{}, removals)
	var all sync.WaitGroup
	for _, c := range gone {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := d.remover.Remove(ctx, c); err != nil {
				d.log.WarnContext(ctx, "gone connection not removed", "room_id", roomID, "connection_id", c.ID, "error", err)
			}
		})
	}
	all.Wait()
}

// frames encodes a delivery once for each kind of connection.
type frames struct {
	delivery hub.Delivery
	encoded  map[kind][]frame.Frame
}

// A kind of connection is sent the same frames.
type kind struct {
	protocol string
	after    int64
}

func (f *frames) of(c hub.Connection) ([]frame.Frame, error) {
	k := kind{c.Protocol, max(f.delivery.After, c.After)}
	if encoded, ok := f.encoded[k]; ok {
		return encoded, nil
	}
	delivery := f.delivery
	delivery.After = k.after
	encoded, err := frame.For(k.protocol, delivery)
	if err == nil {
		f.encoded[k] = encoded
	}
	return encoded, err
}

// outcome collects the gone and the failed connections.
type outcome struct {
	mu        sync.Mutex
	delivered int // messages that arrived
	gone      []hub.Connection
	failed    []Failure
}

func (o *outcome) add(c hub.Connection, delivered int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.delivered += delivered
	if err == nil {
		return
	}
	if errors.Is(err, ErrGone) {
		o.gone = append(o.gone, c)
		return
	}
	o.failed = append(o.failed, Failure{Connection: c, Delivered: delivered, Err: err})
}
