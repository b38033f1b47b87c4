package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Poster posts one frame to one connection, once. Its error wraps one of this package's sentinels.
type Poster interface {
	Post(ctx context.Context, connectionID string, body []byte) error
}

// A Prober looks a connection up. It returns nil if the connection exists, and ErrGone if not.
type Prober interface {
	Probe(ctx context.Context, connectionID string) error
}

// Limits of the retries for one frame.
const (
	PostTimeout   = 2 * time.Second // a post without its own deadline can hang until the function is killed
	throttleTries = 5
	failureTries  = 2
	backoffStart  = 50 * time.Millisecond
	backoffCap    = time.Second

	// youngAge is the age up to which a 410 may be wrong: between the answer of $connect, whose function wrote the row, and
	// the end of the handshake the connection does not exist yet.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
	youngAge   = 10 * time.Second
	youngPause = 500 * time.Millisecond
)

// A Jitter picks a duration in [0, most).
type Jitter func(most time.Duration) time.Duration

// A sender sends one connection its frames, in order, with retries.
type sender struct {
	poster Poster
	prober Prober
	slots  chan struct{} // one for each connection that may be served concurrently
	pacer  *pacer
	clock  clock.Clock
	jitter Jitter

	posts, throttles atomic.Int64 // since they were reported
}

// send posts frames in order, in a slot that the caller has acquired. It returns how many messages arrived, and the error
// that stopped it.
func (s *sender) send(ctx context.Context, c hub.Connection, frames []frame.Frame) (delivered int, err error) {
	for _, f := range frames {
		if err := s.sendFrame(ctx, c, f.Body); err != nil {
			return delivered, err
		}
		delivered += f.Messages
	}
	return delivered, nil
}

func (s *sender) sendFrame(ctx context.Context, c hub.Connection, body []byte) error {
	var t tries
	for {
		err := s.post(ctx, c.ID, body)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrGone) && s.isYoung(c) && !t.probed {
			t.probed = true
			err = s.confirmGone(ctx, c.ID)
		}
		backoff, again := t.next(err)
		if !again {
			return err
		}
		if s.sleep(ctx, s.jitter(backoff)) != nil {
			return fmt.Errorf("deliver: no time left for another try: %w", err)
		}
	}
}

// post makes one try, at the pace of the process, with a deadline of its own.
func (s *sender) post(ctx context.Context, connectionID string, body []byte) error {
	if err := s.pacer.wait(ctx); err != nil {
		return noTimeLeft(err)
	}
	try, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	err := s.poster.Post(try, connectionID, body)
	s.posts.Add(1)
	if errors.Is(err, ErrThrottled) {
		s.throttles.Add(1)
		s.pacer.throttled(connectionID)
	}
	return err
}

// acquire waits for a slot.
func (s *sender) acquire(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return noTimeLeft(ctx.Err())
	}
}

func (s *sender) release() { <-s.slots }

// sleep waits without a slot: a connection that backs off lends its slot to another.
func (s *sender) sleep(ctx context.Context, d time.Duration) error {
	s.release()
	defer func() { s.slots <- struct{}{} }()
	return s.clock.Sleep(ctx, d)
}

func noTimeLeft(err error) error {
	return fmt.Errorf("deliver: %w: %w", ErrNoTime, err)
}

func (s *sender) isYoung(c hub.Connection) bool { return s.clock.Now().Sub(c.ConnectedAt) < youngAge }

// confirmGone looks the connection up a little later. It returns ErrUnavailable if the connection exists.
func (s *sender) confirmGone(ctx context.Context, connectionID string) error {
	if err := s.sleep(ctx, youngPause); err != nil {
		return fmt.Errorf("deliver: no time left to confirm: %w: %w", ErrUnavailable, err)
	}
	probe, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	err := s.prober.Probe(probe, connectionID)
	switch {
	case errors.Is(err, ErrGone):
		return err
	case err != nil:
		return fmt.Errorf("%w: reported as gone, and the lookup failed: %w", ErrUnavailable, err)
	default:
		return fmt.Errorf("%w: reported as gone, but it exists", ErrUnavailable)
	}
}

// tries counts the failed tries of one frame.
type tries struct {
	throttled, failed int
	probed            bool
}

// next reports whether to retry after err, and the longest pause before that. The pause itself is jittered over the whole
// range, so that throttled posts do not retry together.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func (t *tries) next(err error) (backoff time.Duration, again bool) {
	switch {
	case errors.Is(err, ErrThrottled):
		t.throttled++
		return backoffAfter(t.throttled), t.throttled < throttleTries
	case errors.Is(err, ErrUnavailable):
		t.failed++
		return backoffAfter(t.failed), t.failed < failureTries
	default:
		return 0, false
	}
}

func backoffAfter(try int) time.Duration { return min(backoffCap, backoffStart<<(try-1)) }
