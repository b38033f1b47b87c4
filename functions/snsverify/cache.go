package snsverify

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// defaultCacheSize is ample: a region signs with one certificate at a time.
	defaultCacheSize = 16
	// maxFetches bounds the fetches under way, so that messages that name many certificates cannot use up sockets.
	maxFetches = 8
	// renewBefore is how long before its end a cached certificate is fetched again.
	renewBefore = time.Hour
	// renewEvery spaces these attempts.
	renewEvery = 5 * time.Minute
)

// A cache holds certificates by source, the most recently used at the front. It fetches each at most once at a time, never
// remembers a failure, and drops the least recently used when full.
type cache struct {
	load func(context.Context, source) (*certificate, error)
	now  func() time.Time
	size int

	mu      sync.Mutex
	order   *list.List // of *entry
	entries map[source]*list.Element
	flights map[source]*flight
}

type entry struct {
	from    source
	cert    *certificate
	renewAt time.Time
}

// A flight is a fetch under way. cert and err may be read once done is closed.
type flight struct {
	done chan struct{}
	cert *certificate
	err  error
}

func newCache(size int, now func() time.Time, load func(context.Context, source) (*certificate, error)) *cache {
	return &cache{
		load: load, now: now, size: size,
		order: list.New(), entries: map[source]*list.Element{}, flights: map[source]*flight{},
	}
}

// get returns the certificate of from. When ctx ends, the wait ends; the fetch goes on for the others who wait for it.
func (c *cache) get(ctx context.Context, from source) (*certificate, error) {
	now := c.now()
	cached, f := c.lookUp(ctx, from, now)
	if cached != nil && f == nil {
		return cached, nil
	}
	fetched, err := wait(ctx, f)
	if err == nil {
		return fetched, nil
	}
	if cached != nil && cached.checkDates(now) == nil {
		c.postpone(from, now)
		return cached, nil // its end is near, but not here
	}
	return nil, err
}

// lookUp returns the cached certificate of from, if any, and unless it is fresh the flight to wait for.
func (c *cache) lookUp(ctx context.Context, from source, now time.Time) (*certificate, *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[from]
	if !ok {
		return nil, c.flight(ctx, from)
	}
	c.order.MoveToFront(element)
	e := element.Value.(*entry)
	if now.Before(e.renewAt) {
		return e.cert, nil
	}
	return e.cert, c.flight(ctx, from)
}

// flight joins the flight for from or begins one; c.mu is held.
func (c *cache) flight(ctx context.Context, from source) *flight {
	if f, ok := c.flights[from]; ok {
		return f
	}
	f := &flight{done: make(chan struct{})}
	if len(c.flights) == maxFetches {
		f.err = fmt.Errorf("%w: %d fetches are under way", ErrFetch, maxFetches)
		close(f.done)
		return f
	}
	c.flights[from] = f
	go c.fly(context.WithoutCancel(ctx), from, f)
	return f
}

func wait(ctx context.Context, f *flight) (*certificate, error) {
	select {
	case <-f.done:
		return f.cert, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrFetch, context.Cause(ctx))
	}
}

func (c *cache) fly(ctx context.Context, from source, f *flight) {
	f.cert, f.err = c.load(ctx, from)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.flights, from)
	if f.err == nil {
		c.keep(from, f.cert)
	}
	close(f.done)
}

// keep stores cert; c.mu is held.
func (c *cache) keep(from source, cert *certificate) {
	renewAt := cert.notAfter.Add(-renewBefore)
	if soonest := c.now().Add(renewEvery); renewAt.Before(soonest) {
		renewAt = soonest
	}
	e := &entry{from: from, cert: cert, renewAt: renewAt}
	if element, ok := c.entries[from]; ok {
		element.Value = e
		return
	}
	c.entries[from] = c.order.PushFront(e)
	for c.order.Len() > c.size {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.entries, oldest.from)
	}
}

// postpone puts off the next attempt to renew.
func (c *cache) postpone(from source, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[from]; ok {
		element.Value.(*entry).renewAt = now.Add(renewEvery)
	}
}
