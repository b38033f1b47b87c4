package eventsource

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// An EventSource polls one queue for one function. Create it with NewEventSource, then Start it once and Stop it once.
//
// Two pollers wait while the queue is quiet. When none is waiting another is added: up to five at once, then one every 200 ms
// (300 a minute, as on AWS), up to the maximum concurrency. A poller whose long poll returns nothing ends if there are more
// than two. Errors of the function (unless item failures are reported) and throttles halve the number, as AWS backs off.
//
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
type EventSource struct {
	mapping Mapping
	region  string
	queues  Queues
	invoker Invoker
	clock   clock.Clock
	logger  *slog.Logger

	injector Injector      // nil for none
	held     atomic.Int64  // messages held back by it
	slots    chan struct{} // one for each batch that may be processed at a time

	polling  context.Context // ends when polling stops
	stopPoll context.CancelFunc
	working  context.Context // ends when draining is abandoned
	stopWork context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	pollers int
	waiting int  // pollers that have no message
	ceiling int  // lowered by errors
	ramping bool // another poller is on its way
}

// SourceConfig is what an event source needs.
type SourceConfig struct {
	Queues  Queues
	Invoker Invoker
	Faults  Injector     // Default: none
	Clock   clock.Clock  // Default: the machine's
	Logger  *slog.Logger // Default: slog.Default()
}

const (
	rampInterval      = 200 * time.Millisecond
	longPoll          = 20 * time.Second // as Lambda's, so that idle polling is metered the same
	defaultVisibility = 30 * time.Second
)

// NewEventSource checks m; errors wrap ErrInvalidMapping or ErrNotSupported.
func NewEventSource(m Mapping, cfg SourceConfig) (*EventSource, error) {
	m = m.withDefaults()
	if err := m.validate(); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	s := &EventSource{
		mapping: m, region: strings.Split(m.QueueARN, ":")[3], queues: cfg.Queues, invoker: cfg.Invoker, clock: clock.OrSystem(cfg.Clock),
		logger: cfg.Logger.With("mapping", m.ID, "function", m.Function), ceiling: m.MaximumConcurrency,
		injector: cfg.Faults, slots: make(chan struct{}, m.MaximumConcurrency),
	}
	s.polling, s.stopPoll = context.WithCancel(context.Background())
	s.working, s.stopWork = context.WithCancel(context.Background())
	return s, nil
}

// Start begins to poll, unless the mapping is disabled.
func (s *EventSource) Start() {
	if s.mapping.Disabled {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for range minPollers {
		s.addPoller()
	}
}

// Stop ends polling and waits for the batches in progress, until ctx ends; then it abandons them and returns an error. A
// message that is received just as Stop is called becomes visible again after its visibility timeout.
func (s *EventSource) Stop(ctx context.Context) error {
	s.stopPoll()
	defer s.stopWork()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		s.running.Wait()
	}()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		s.stopWork()
		<-drained
		return fmt.Errorf("eventsource: stop mapping %s: batches were given up: %w", s.mapping.ID, ctx.Err())
	}
}

// addPoller needs mu.
func (s *EventSource) addPoller() {
	s.pollers++
	s.waiting++
	s.running.Go(s.poll)
}

// busy marks a poller as busy and adds another if none is waiting.
func (s *EventSource) busy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	s.rampUp()
}

// rampUp needs mu.
func (s *EventSource) rampUp() {
	if s.waiting > 0 || s.ramping || s.pollers >= s.mapping.MaximumConcurrency || s.polling.Err() != nil {
		return
	}
	if s.pollers < burstPollers && s.pollers < s.ceiling {
		s.addPoller()
		return
	}
	s.ramping = true
	s.running.Go(s.rampLater)
}

// rampLater adds a poller after the interval, if it is still needed.
func (s *EventSource) rampLater() {
	select {
	case <-s.clock.After(rampInterval):
	case <-s.polling.Done():
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ramping = false
	s.ceiling = min(s.ceiling+1, s.mapping.MaximumConcurrency)
	if s.waiting == 0 && s.pollers < s.ceiling && s.polling.Err() == nil {
		s.addPoller()
	}
	s.rampUp()
}

// backOff halves the pollers after a failed batch.
func (s *EventSource) backOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ceiling = max(minPollers, s.pollers/2)
}

// goOn reports whether a poller stays, and counts it as waiting again. hadMessages is false after an empty poll.
func (s *EventSource) goOn(hadMessages bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hadMessages {
		s.waiting++
	}
	if s.polling.Err() != nil || s.pollers > s.ceiling || !hadMessages && s.pollers > minPollers {
		s.pollers--
		s.waiting--
		return false
	}
	return true
}

// Pollers returns the number of pollers that poll or work.
func (s *EventSource) Pollers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pollers
}
