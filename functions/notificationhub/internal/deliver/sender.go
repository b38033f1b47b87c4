package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Poster posts one frame to one connection, once. Its error wraps one of this package's sentinels.
type Poster interface {
	Post(ctx context.Context, connectionID string, body []byte) error
}

// A Prober asks whether a connection exists. It returns nil if so, and ErrGone if not.
type Prober interface {
	Probe(ctx context.Context, connectionID string) error
}

// Limits of the tries for one frame.
const (
	PostTimeout   = 2 * time.Second // a post without its own deadline can hang until the function is killed
	throttleTries = 5
	failureTries  = 2
	backoffStart  = 50 * time.Millisecond
	backoffCap    = time.Second

	// youngAge is how old a connection is that 410 may be said of in error: between the answer of $connect, whose
	// function wrote the row, and the end of the handshake the connection does not exist yet.
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
	places chan struct{} // one for each connection that may be served at a time
	pacer  *pacer
	clock  clock.Clock
	jitter Jitter
}

// send posts frames in order, in a place that the caller has entered, and returns how many messages arrived, with the error that stopped it.
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
	if errors.Is(err, ErrThrottled) {
		s.pacer.throttled(connectionID)
	}
	return err
}

// enter takes a place among the connections that are being served.
func (s *sender) enter(ctx context.Context) error {
	select {
	case s.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return noTimeLeft(ctx.Err())
	}
}

func (s *sender) leave() { <-s.places }

// sleep waits outside: a connection that backs off gives its place to another, and takes one again when it is back.
func (s *sender) sleep(ctx context.Context, d time.Duration) error {
	s.leave()
	defer func() { s.places <- struct{}{} }()
	return s.clock.Sleep(ctx, d)
}

func noTimeLeft(err error) error {
	return fmt.Errorf("deliver: no time left: %w: %w", ErrUnavailable, err)
}

func (s *sender) isYoung(c hub.Connection) bool { return s.clock.Now().Sub(c.ConnectedAt) < youngAge }

// confirmGone looks again, a little later. It returns ErrUnavailable for a connection that does exist.
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
		return fmt.Errorf("%w: it was said to be gone and cannot be asked for: %w", ErrUnavailable, err)
	default:
		return fmt.Errorf("%w: it was said to be gone and is there", ErrUnavailable)
	}
}

// tries counts what happened to one frame.
type tries struct {
	throttled, failed int
	probed            bool
}

// next says whether to try again after err, and the longest pause before. The pause itself is jittered over all of it,
// so that throttled posts do not come back together.
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
