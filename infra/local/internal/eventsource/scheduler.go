package eventsource

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A Scheduler fires rules and schedules. Make it with NewScheduler, add to it at any time, and Stop it.
type Scheduler struct {
	cfg     SchedulerConfig
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu    sync.Mutex
	plans map[string]*plan // by ARN
}

// SchedulerConfig is what a Scheduler needs.
type SchedulerConfig struct {
	Functions AsyncInvoker
	Queues    Sender
	QueueURL  func(arn string) string // of a target queue
	// Authorize refuses a call that the policies do not allow; such an event is not tried again. Default: all are allowed.
	Authorize func(context.Context, Access) error
	Clock     Clock        // Default: the machine's
	Logger    *slog.Logger // Default: slog.Default()
}

// Sender is what a scheduler needs of the SQS client.
type Sender interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

var _ Sender = (*sqs.Client)(nil)

// An Access is a call that a rule or schedule is about to make.
type Access struct {
	Principal string // "events.amazonaws.com" or "scheduler.amazonaws.com"
	RoleARN   string // the role it calls with, or "" when a resource policy must allow Principal
	Action    string // "lambda:InvokeFunction" or "sqs:SendMessage"
	Resource  string // ARN of the target
	SourceARN string // ARN of the rule or schedule
}

// longestWait bounds a single wait, so that a machine that slept fires soon after it woke: timers stand still meanwhile.
const longestWait = 15 * time.Second

// NewScheduler starts a scheduler without rules.
func NewScheduler(cfg SchedulerConfig) *Scheduler {
	cfg.Clock = orSystem(cfg.Clock)
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Authorize == nil {
		cfg.Authorize = func(context.Context, Access) error { return nil }
	}
	s := &Scheduler{cfg: cfg, plans: map[string]*plan{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// AddRule checks r and begins to fire it. Errors wrap ErrInvalidExpression or ErrNotSupported.
func (s *Scheduler) AddRule(r Rule) error {
	p, err := planRule(r, s.cfg.Clock.Now())
	if err != nil {
		return err
	}
	s.add(p)
	return nil
}

// AddSchedule checks sch and begins to fire it. Errors wrap ErrInvalidExpression, ErrInvalidSchedule or ErrNotSupported.
func (s *Scheduler) AddSchedule(sch Schedule) error {
	p, err := planSchedule(sch, s.cfg.Clock.Now())
	if err != nil {
		return err
	}
	s.add(p)
	return nil
}

func (s *Scheduler) add(p *plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans[p.arn] = p
	if p.scheduled && !p.disabled && s.ctx.Err() == nil {
		s.running.Go(func() { s.follow(p) })
	}
}

// Fire sends the event of a rule or schedule, named by its ARN, now and once, also when it is disabled.
func (s *Scheduler) Fire(arn string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plans[arn]
	if p == nil {
		return fmt.Errorf("events: fire %s: %w", arn, ErrNotFound)
	}
	if s.ctx.Err() == nil {
		s.fire(p, s.cfg.Clock.Now())
	}
	return nil
}

// Stop ends all rules and schedules and drops events that wait to be tried again.
func (s *Scheduler) Stop() {
	s.mu.Lock()
	s.cancel()
	s.mu.Unlock()
	s.running.Wait()
}

// follow waits for each time of p and fires. Times that passed while the machine slept are made up for once.
func (s *Scheduler) follow(p *plan) {
	for next := p.next(p.added); !next.IsZero(); {
		if left := next.Sub(s.cfg.Clock.Now()); left > 0 {
			select {
			case <-s.cfg.Clock.After(min(left, longestWait)):
			case <-s.ctx.Done():
				return
			}
			continue
		}
		s.fire(p, next)
		if missed := s.cfg.Clock.Now().Add(-time.Minute); next.Before(missed) {
			next = missed
		}
		next = p.next(next)
	}
}

// fire sends to all targets at once.
func (s *Scheduler) fire(p *plan, due time.Time) {
	for _, t := range p.targets {
		s.running.Go(func() { s.send(p, t, due) })
	}
}
