package eventsource

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestBatchingWindow(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		size   int
		send   []time.Duration // after the start
		counts []int           // messages of each batch
		took   time.Duration   // from the first message to the first batch
	}{
		{"a batch waits for the window and takes what comes meanwhile", 100, []time.Duration{0, 400 * time.Millisecond, 1500 * time.Millisecond}, []int{3}, 2 * time.Second},
		{"what comes after the window is in the next batch", 100, []time.Duration{0, 2100 * time.Millisecond}, []int{1, 1}, 2 * time.Second},
		{"a full batch does not wait", 2, []time.Duration{0, 300 * time.Millisecond, 400 * time.Millisecond}, []int{2, 1}, 300 * time.Millisecond},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q, f := newFakeQueue(time.Minute, 0), &function{}
				// One poller only, so that no other takes what comes meanwhile.
				s, err := NewEventSource(Mapping{
					Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-1:000000000000:work", BatchSize: c.size, BatchWindow: 2 * time.Second,
				}, SourceConfig{Queues: q, Invoker: f, Logger: quiet})
				if err != nil {
					t.Fatal(err)
				}
				s.mapping.MaximumConcurrency = 1
				s.mu.Lock()
				s.addPoller()
				s.mu.Unlock()
				began := time.Now()
				for _, at := range c.send {
					pass(at - time.Since(began))
					q.send("m", 0, nil)
				}
				pass(10 * time.Second)
				if err := s.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				var counts []int
				for _, call := range f.invocations() {
					counts = append(counts, len(call.batch))
				}
				if took := f.invocations()[0].at.Sub(began); !slices.Equal(counts, c.counts) || took != c.took {
					t.Errorf("batches of %v messages, the first after %s", counts, took)
				}
				if q.calls() > 12 {
					t.Errorf("%d receives", q.calls())
				}
			})
		})
	}
}
