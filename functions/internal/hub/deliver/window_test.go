package deliver

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"
)

var start = time.UnixMilli(1_700_000_000_000)

func TestWindow(t *testing.T) {
	t.Parallel()
	t.Run("admits no more than its size", func(t *testing.T) {
		t.Parallel()
		w := newWindow(3)
		var mu sync.Mutex
		var now, most int
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				if err := w.acquire(context.Background()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				mu.Lock()
				now--
				mu.Unlock()
				w.release()
			})
		}
		all.Wait()
		if most > 3 || w.inUse != 0 {
			t.Errorf("%d at a time, %d left", most, w.inUse)
		}
	})
	t.Run("lets go of a caller whose time is over, and gives its place to the next", func(t *testing.T) {
		t.Parallel()
		w := newWindow(1)
		if err := w.acquire(context.Background()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		left := make(chan error)
		go func() { left <- w.acquire(ctx) }()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		w.release()
		if err := w.acquire(context.Background()); err != nil || w.inUse != 1 || len(w.waiting) != 0 {
			t.Errorf("got %v, %d in use, %d waiting", err, w.inUse, len(w.waiting))
		}
	})
	t.Run("passes on a place that came too late", func(t *testing.T) {
		t.Parallel()
		w := newWindow(1)
		w.inUse = 1
		turn := make(chan struct{})
		close(turn) // admitted, but no longer waiting
		w.leave(turn)
		if w.inUse != 0 {
			t.Errorf("%d in use", w.inUse)
		}
	})
	t.Run("does not admit after the end", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w := newWindow(1)
		if err := w.acquire(ctx); !errors.Is(err, context.Canceled) || w.inUse != 0 {
			t.Errorf("got %v, %d in use", err, w.inUse)
		}
	})
}

func TestWindowFindsTheRate(t *testing.T) {
	t.Parallel()
	t.Run("one throttled connection does not shrink it", func(t *testing.T) {
		t.Parallel()
		w := newWindow(100)
		for i := range 10 {
			w.throttled("slow", start.Add(time.Duration(i)*time.Millisecond))
		}
		if w.size != 100 {
			t.Errorf("size %v", w.size)
		}
	})
	t.Run("two throttled connections far apart do not shrink it", func(t *testing.T) {
		t.Parallel()
		w := newWindow(100)
		w.throttled("a", start)
		w.throttled("b", start.Add(throttleMemory))
		if w.size != 100 {
			t.Errorf("size %v", w.size)
		}
	})
	t.Run("many throttled connections shrink it once a round, and never to nothing", func(t *testing.T) {
		t.Parallel()
		w := newWindow(100)
		for i := range 50 {
			w.throttled(strconv.Itoa(i), start)
		}
		if w.size != 60 {
			t.Errorf("after one round: size %v", w.size)
		}
		for i := range 100 {
			w.throttled(strconv.Itoa(i), start.Add(time.Duration(i)*cutPause))
		}
		if w.size != leastWindow {
			t.Errorf("after many rounds: size %v", w.size)
		}
	})
	t.Run("successes let it grow by one a round, and never beyond its most", func(t *testing.T) {
		t.Parallel()
		w := newWindow(100)
		w.size = 10
		for range 10 {
			w.succeeded()
		}
		if w.size < 10.9 || w.size > 11 {
			t.Errorf("after one round: size %v", w.size)
		}
		for range 100_000 {
			w.succeeded()
		}
		if w.size != 100 {
			t.Errorf("in the end: size %v", w.size)
		}
	})
}
