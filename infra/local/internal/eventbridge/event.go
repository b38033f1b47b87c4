package eventbridge

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// An Event is what an AWS service puts on the default bus.
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

// An envelope is an event as targets receive it.
type envelope struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

func (e Event) marshal() ([]byte, error) {
	return json.Marshal(envelope{
		Version: "0", ID: uuid.New(), DetailType: e.DetailType, Source: e.Source, Account: e.Account,
		Time: e.Time.UTC().Format(time.RFC3339), Region: e.Region, Resources: e.Resources, Detail: e.Detail,
	})
}

// scheduledEvent is what a target without input receives on schedule.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-events.html
func (r *rule) scheduledEvent(due time.Time) string {
	parts := strings.Split(r.arn+":::::", ":")
	e := Event{
		DetailType: "Scheduled Event", Source: "aws.events", Account: parts[4], Region: parts[3],
		Time: due, Resources: []string{r.arn}, Detail: struct{}{},
	}
	body, err := e.marshal()
	if err != nil { // strings always marshal
		return "{}"
	}
	return string(body)
}

// Put sends an event to the targets of the rules whose pattern matches it.
func (b *Bus) Put(e Event) error {
	body, err := e.marshal()
	if err != nil {
		return fmt.Errorf("eventbridge: put %q: %w", e.DetailType, err)
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		return fmt.Errorf("eventbridge: put %q: %w", e.DetailType, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rules {
		if r.pattern == nil || r.disabled || b.ctx.Err() != nil || !r.pattern.matches(fields) {
			continue
		}
		for _, t := range r.targets {
			b.running.Go(func() { b.send(r, t, string(body)) })
		}
	}
	return nil
}
