package eventbridge

import (
	"fmt"
	"strings"
	"time"
)

// A Rule is an AWS::Events::Rule.
type Rule struct {
	Name       string
	ARN        string         // arn:aws:events:region:account:rule/name
	Expression string         // rate(...) or cron(...), in UTC. Default: none, it fires for events only
	Pattern    map[string]any // of the events it fires for, as in the template. Default: none
	Disabled   bool
	Targets    []Target
}

// A Target is a function or a queue that receives events.
type Target struct {
	ARN            string // of a Lambda function, with or without qualifier, or of a queue
	Input          string // the event. Default: the event itself
	MessageGroupID string // for FIFO queues
	DeadLetterARN  string // of the queue that receives events that could not be delivered, or ""
	// MaxRetries and MaxEventAge bound the attempts. Default: 185 and 24 h; -1 retries mean none.
	MaxRetries  int
	MaxEventAge time.Duration
}

func (t Target) withDefaults() Target {
	switch {
	case t.MaxRetries == 0:
		t.MaxRetries = 185
	case t.MaxRetries < 0:
		t.MaxRetries = 0
	}
	if t.MaxEventAge == 0 {
		t.MaxEventAge = 24 * time.Hour
	}
	return t
}

// validate refuses targets that are neither function nor queue.
func (t Target) validate() error {
	switch service(t.ARN) {
	case "lambda", "sqs":
		return nil
	default:
		return fmt.Errorf("%w: target %q is neither function nor queue", ErrNotSupported, t.ARN)
	}
}

// service returns the third part of an ARN, or "".
func service(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[2]
}

// A rule is a Rule, parsed.
type rule struct {
	name, arn string
	schedule  schedule // nil if it fires for events only
	pattern   pattern  // nil if it fires on its schedule only
	disabled  bool
	targets   []Target
}

// parseRule checks r. A rate fires for the first time when it has passed once since now.
func parseRule(r Rule, now time.Time) (*rule, error) {
	p := &rule{name: r.Name, arn: r.ARN, pattern: r.Pattern, disabled: r.Disabled}
	if err := p.pattern.validate(); err != nil {
		return nil, fmt.Errorf("eventbridge: rule %s: pattern: %w", r.Name, err)
	}
	if r.Expression != "" || r.Pattern == nil {
		s, err := parseExpression(r.Expression, now)
		if err != nil {
			return nil, fmt.Errorf("eventbridge: rule %s: %w", r.Name, err)
		}
		p.schedule = s
	}
	for _, t := range r.Targets {
		if err := t.validate(); err != nil {
			return nil, fmt.Errorf("eventbridge: rule %s: %w", r.Name, err)
		}
		p.targets = append(p.targets, t.withDefaults())
	}
	return p, nil
}
