package eventbridge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// A Bus runs rules. Create it with New, add rules at any time, and Stop it.
type Bus struct {
	cfg     Config
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu    sync.Mutex
	rules map[string]*rule // by ARN
}

// Config is what a Bus needs.
type Config struct {
	Functions Invoker
	Queues    Sender
	QueueURL  func(arn string) string // of a target queue
	// Authorize refuses a call that the policies do not allow; such an event is not retried. Default: all are allowed.
	Authorize func(context.Context, Access) error
	Clock     clock.Clock  // Default: the machine's
	Logger    *slog.Logger // Default: slog.Default()
}

// An Invoker hands an event to a function without waiting for the outcome.
type Invoker interface {
	InvokeAsync(ctx context.Context, function string, payload []byte) error
}

// Sender is what a bus needs of the SQS client.
type Sender interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

var _ Sender = (*sqs.Client)(nil)

// An Access is a call that a rule is about to make. The target's resource policy must allow it to events.amazonaws.com.
type Access struct {
	Action    string // "lambda:InvokeFunction" or "sqs:SendMessage"
	Resource  string // ARN of the target
	SourceARN string // ARN of the rule
}

// longestWait bounds a single wait: timers stand still while the machine sleeps, and a rule should fire soon after.
const longestWait = 15 * time.Second

// New starts a bus without rules.
func New(cfg Config) *Bus {
	cfg.Clock = clock.OrSystem(cfg.Clock)
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Authorize == nil {
		cfg.Authorize = func(context.Context, Access) error { return nil }
	}
	b := &Bus{cfg: cfg, rules: map[string]*rule{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// AddRule checks a rule and starts it. Errors wrap ErrInvalidExpression or ErrNotSupported.
func (b *Bus) AddRule(r Rule) error {
	now := b.cfg.Clock.Now()
	parsed, err := parseRule(r, now)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules[parsed.arn] = parsed
	if parsed.schedule != nil && !parsed.disabled && b.ctx.Err() == nil {
		b.running.Go(func() { b.follow(parsed, now) })
	}
	return nil
}

// Stop ends all rules and drops events that wait for a retry.
func (b *Bus) Stop() {
	b.mu.Lock()
	b.cancel()
	b.mu.Unlock()
	b.running.Wait()
}

// follow fires r at each time of its schedule. Times missed while the machine slept are made up for once.
func (b *Bus) follow(r *rule, added time.Time) {
	for next := r.schedule(added); !next.IsZero(); {
		if left := next.Sub(b.cfg.Clock.Now()); left > 0 {
			select {
			case <-b.cfg.Clock.After(min(left, longestWait)):
			case <-b.ctx.Done():
				return
			}
			continue
		}
		b.fire(r, next)
		if missed := b.cfg.Clock.Now().Add(-time.Minute); next.Before(missed) {
			next = missed
		}
		next = r.schedule(next)
	}
}

// fire sends the scheduled event to all targets at once.
func (b *Bus) fire(r *rule, due time.Time) {
	body := r.scheduledEvent(due)
	for _, t := range r.targets {
		b.running.Go(func() { b.send(r, t, body) })
	}
}
