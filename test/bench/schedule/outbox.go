package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A mail as the outbox lists it.
type mail struct {
	ID      string `json:"message_id"`
	Time    time.Time
	To      []string
	Subject string
}

const (
	lookEvery = 2 * time.Second
	leastPage = 500
)

// collect reads the outbox until all mails have arrived, and a while longer, or the patience ends.
func (s *stage) collect(ctx context.Context, p *plan, o options) (*tally, error) {
	t := newTally(p)
	deadline := p.last().Add(o.patience)
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for last, complete := "", false; ; {
		fresh, err := s.since(ctx, last)
		if err != nil {
			return nil, err
		}
		for _, m := range fresh {
			t.add(m)
			last = m.ID
		}
		if !complete && t.missing() == 0 {
			complete, deadline = true, time.Now().Add(o.linger)
		}
		if time.Now().After(deadline) {
			return t, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// since reads the mails after one, oldest first. The outbox tells the last so many: as many are asked for as it takes to
// see the known one among them.
func (s *stage) since(ctx context.Context, last string) ([]mail, error) {
	for limit := leastPage; ; limit *= 4 {
		var page struct{ Messages []mail }
		if err := s.control(ctx, fmt.Sprintf("outbox?limit=%d", limit), &page); err != nil {
			return nil, err
		}
		known := slices.IndexFunc(page.Messages, func(m mail) bool { return m.ID == last })
		if known >= 0 || len(page.Messages) < limit {
			return page.Messages[known+1:], nil
		}
	}
}
