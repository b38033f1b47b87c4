package eventsource

import (
	"encoding/json"
	"fmt"
	"time"
)

// An Event is what a service of AWS tells the default bus.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
type Event struct {
	Source     string // such as "aws.ses"
	DetailType string
	Account    string
	Region     string
	Time       time.Time
	Resources  []string // ARNs
	Detail     any      // must marshal to a JSON object
}

// Put sends an event to the targets of the rules whose pattern it matches.
func (s *Scheduler) Put(e Event) error {
	body, err := json.Marshal(scheduledEvent{
		Version: "0", ID: newID(), DetailType: e.DetailType, Source: e.Source, Account: e.Account,
		Time: e.Time.UTC().Format(time.RFC3339), Region: e.Region, Resources: e.Resources, Detail: e.Detail,
	})
	if err != nil {
		return fmt.Errorf("events: put %q: %w", e.DetailType, err)
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		return fmt.Errorf("events: put %q: %w", e.DetailType, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.plans {
		if p.pattern == nil || p.disabled || s.ctx.Err() != nil || !p.pattern.matches(fields) {
			continue
		}
		for _, t := range p.targets {
			if t.Input == "" {
				t.Input = string(body)
			}
			s.running.Go(func() { s.send(p, t, e.Time) })
		}
	}
	return nil
}
