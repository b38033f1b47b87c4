package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A round is one measurement: so many messages to each socket.
type round struct {
	sent     []atomic.Int64 // by message, nanoseconds
	missing  atomic.Int64   // deliveries
	frames   atomic.Int64
	repeated atomic.Int64
	latest   atomic.Int64 // nanoseconds
	complete chan struct{}

	sockets []seat
}

// A seat is what one socket has got.
type seat struct {
	mu      sync.Mutex
	got     []bool
	delays  []time.Duration
	padding [64]byte //nolint:unused // keeps neighbours off one cache line
}

func newRound(sockets, messages int) *round {
	r := &round{sent: make([]atomic.Int64, messages), sockets: make([]seat, sockets), complete: make(chan struct{})}
	r.missing.Store(int64(sockets * messages))
	for i := range r.sockets {
		r.sockets[i].got = make([]bool, messages)
		r.sockets[i].delays = make([]time.Duration, 0, messages)
	}
	return r
}

// left notes that a message is being sent.
func (r *round) left(n int) { r.sent[n].Store(time.Now().UnixNano()) }

// arrived notes a frame. Messages of an earlier round, repeated late, have numbers too; they count as repeated if at all.
func (r *round) arrived(socket int, frame []byte, at time.Time) {
	r.frames.Add(1)
	s := &r.sockets[socket]
	s.mu.Lock()
	defer s.mu.Unlock()
	numbers(frame, func(n int) {
		if n < 0 || n >= len(s.got) || r.sent[n].Load() == 0 {
			return
		}
		if s.got[n] {
			r.repeated.Add(1)
			return
		}
		s.got[n] = true
		s.delays = append(s.delays, time.Duration(at.UnixNano()-r.sent[n].Load()))
		r.latest.Store(at.UnixNano())
		if r.missing.Add(-1) == 0 {
			close(r.complete)
		}
	})
}

func (r *round) last() time.Time { return time.Unix(0, r.latest.Load()) }

// latencies words the distribution over all deliveries.
func (r *round) latencies() string {
	var all []time.Duration
	for i := range r.sockets {
		all = append(all, r.sockets[i].delays...)
	}
	slices.Sort(all)
	at := func(share float64) time.Duration {
		return all[min(len(all)-1, int(share*float64(len(all))))].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v, p90 %v, p99 %v, longest %v", at(0.5), at(0.9), at(0.99), all[len(all)-1].Round(100*time.Microsecond))
}
