package client

import (
	"context"
	"time"
)

// A backoff spaces retries by exponential back-off with full jitter: before retry n a random time up to base doubled n
// times, and never over limit. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
type backoff struct {
	base, limit time.Duration
	random      func() float64 // in [0,1)
	sleep       func(context.Context, time.Duration) error
}

// wait passes the time before retry n, counted from 0, or returns ctx's error as soon as ctx ends.
func (b backoff) wait(ctx context.Context, n int) error {
	return b.sleep(ctx, time.Duration(b.random()*float64(b.ceiling(n))))
}

func (b backoff) ceiling(n int) time.Duration {
	ceiling := b.base
	for range n {
		if ceiling > b.limit/2 { // doubling might overflow
			return b.limit
		}
		ceiling *= 2
	}
	return ceiling
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
