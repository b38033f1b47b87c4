package eventsource

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// An Injector makes a queue deliver as standard queues may: more than once, out of order, late. Delays of 0 are none. FIFO
// queues are not affected.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
type Injector interface {
	// Late returns by how much a batch comes late.
	Late() time.Duration
	// Reorder returns how long a message is held back while later ones overtake it.
	Reorder() time.Duration
	// Duplicate returns after how long a message is delivered again.
	Duplicate() time.Duration
}

// maxHeld bounds the messages that are held back, so that pollers do not receive without end.
const maxHeld = 1000

// deliver hands messages to the function, with the faults that are injected.
func (s *EventSource) deliver(messages []types.Message, received time.Time) {
	if s.injector == nil || s.mapping.isFIFO() || s.held.Load() >= maxHeld {
		s.processAll(s.pack(messages), received)
		return
	}
	if late := s.injector.Late(); late > 0 {
		s.hold(s.pack(messages), len(messages), late, received)
		return
	}
	punctual := make([]types.Message, 0, len(messages))
	for _, m := range messages {
		if again := s.injector.Duplicate(); again > 0 {
			copies := s.pack([]types.Message{m})
			for n := range copies {
				copies[n].duplicate = true
			}
			s.hold(copies, 1, again, received)
		}
		if held := s.injector.Reorder(); held > 0 {
			s.hold(s.pack([]types.Message{m}), 1, held, received)
			continue
		}
		punctual = append(punctual, m)
	}
	s.processAll(s.pack(punctual), received)
}

// hold processes batches after d, or at once when polling ends.
func (s *EventSource) hold(batches []batch, messages int, d time.Duration, received time.Time) {
	s.held.Add(int64(messages))
	s.running.Go(func() {
		s.wait(d)
		s.processAll(batches, received)
		s.held.Add(-int64(messages))
	})
}

func (s *EventSource) processAll(batches []batch, received time.Time) {
	for _, b := range batches {
		s.slots <- struct{}{}
		s.process(b, received)
		<-s.slots
	}
}
