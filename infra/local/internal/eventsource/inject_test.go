package eventsource

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// faults injects delays into the first messages, each as many times as there are delays.
type faults struct{ late, reorder, duplicate []time.Duration }

func (f *faults) Late() time.Duration      { return pop(&f.late) }
func (f *faults) Reorder() time.Duration   { return pop(&f.reorder) }
func (f *faults) Duplicate() time.Duration { return pop(&f.duplicate) }

func pop(delays *[]time.Duration) time.Duration {
	if len(*delays) == 0 {
		return 0
	}
	first := (*delays)[0]
	*delays = (*delays)[1:]
	return first
}

func TestInjectedDelivery(t *testing.T) {
	t.Parallel()
	const second = time.Second
	cases := []struct {
		name   string
		faults faults
		queue  string // its ARN
		want   string // body@seconds after the start
	}{
		{"none", faults{}, "work", "a@0 b@0 c@0"},
		{"a duplicate is delivered again and deleted once", faults{duplicate: []time.Duration{2 * second}}, "work", "a@0 b@0 c@0 a@2"},
		{"a message that is held back is overtaken", faults{reorder: []time.Duration{0, 3 * second}}, "work", "a@0 c@0 b@3"},
		{"a batch that is late keeps its order", faults{late: []time.Duration{second}}, "work", "a@1 b@1 c@1"},
		{"one message may be held back and repeated", faults{reorder: []time.Duration{second}, duplicate: []time.Duration{2 * second}}, "work", "b@0 c@0 a@1 a@2"},
		{"a FIFO queue is left alone", faults{duplicate: []time.Duration{second}, reorder: []time.Duration{second}, late: []time.Duration{second}}, "work.fifo", "a@0 b@0 c@0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q, f := newFakeQueue(time.Minute, 0), &function{}
				for _, body := range []string{"a", "b", "c"} {
					q.send(body, 0, nil)
				}
				began := time.Now()
				s, err := NewEventSource(Mapping{
					Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-1:000000000000:" + c.queue,
				}, SourceConfig{Queues: q, Invoker: f, Faults: &c.faults, Logger: quiet})
				if err != nil {
					t.Fatal(err)
				}
				s.Start()
				pass(10 * second)
				if err := s.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, call := range f.invocations() {
					for _, m := range call.batch {
						got = append(got, m.Body+"@"+call.at.Sub(began).Truncate(second).String())
					}
				}
				want := strings.Fields(strings.ReplaceAll(c.want+" ", " ", "s "))
				if !slices.Equal(got, want) || q.left() != 0 {
					t.Errorf("delivered %v, want %v; %d messages are left", got, want, q.left())
				}
			})
		})
	}
}

// always holds every message back and repeats it.
type always struct{}

func (always) Late() time.Duration      { return 0 }
func (always) Reorder() time.Duration   { return time.Second }
func (always) Duplicate() time.Duration { return time.Second }

func TestInjectedDeliveryKeepsTheMaximumConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFakeQueue(time.Hour, 0)
		for range 200 {
			q.send("m", 0, nil)
		}
		f := &counting{}
		s, err := NewEventSource(Mapping{
			Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-1:000000000000:work", BatchSize: 1, MaximumConcurrency: 2,
		}, SourceConfig{Queues: q, Invoker: f, Faults: always{}, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		eventually(t, "all are deleted", func() bool { return q.left() == 0 })
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f.most.Load() != 2 || f.calls.Load() != 400 {
			t.Errorf("%d invocations, %d at a time", f.calls.Load(), f.most.Load())
		}
	})
}

// counting is a function that counts its invocations, and those at a time.
type counting struct{ running, most, calls atomic.Int64 }

func (c *counting) Invoke(context.Context, string, []byte) ([]byte, string, error) {
	c.calls.Add(1)
	c.most.Store(max(c.most.Load(), c.running.Add(1)))
	pass(100 * time.Millisecond)
	c.running.Add(-1)
	return nil, "", nil
}
