package clock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
)

func TestSystem(t *testing.T) {
	t.Parallel()
	t.Run("waits as long as it is asked to", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var c clock.System
			start := c.Now()
			if err := c.Sleep(t.Context(), time.Hour); err != nil || c.Now().Sub(start) != time.Hour {
				t.Errorf("got %v after %v", err, c.Now().Sub(start))
			}
		})
	})
	t.Run("stops waiting when the context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := (clock.System{}).Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFake(t *testing.T) {
	t.Parallel()
	c := clock.NewFake()
	start := c.Now()
	c.Advance(time.Minute)
	if err := c.Sleep(t.Context(), time.Second); err != nil || c.Now().Sub(start) != time.Minute+time.Second || len(c.Slept()) != 1 {
		t.Errorf("got %v at %v, slept %v", err, c.Now(), c.Slept())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Sleep(ctx, time.Second); !errors.Is(err, context.Canceled) || len(c.Slept()) != 1 {
		t.Errorf("got %v, slept %v", err, c.Slept())
	}
}
