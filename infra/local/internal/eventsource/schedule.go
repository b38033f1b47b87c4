package eventsource

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

// A Schedule is an AWS::Scheduler::Schedule. A flexible time window needs no setting: firing at its start is within it.
type Schedule struct {
	Name       string
	ARN        string // arn:aws:scheduler:region:account:schedule/group/name
	Expression string // at(...), rate(...) or cron(...)
	TimeZone   string // IANA name. Default: UTC
	Start, End time.Time
	Disabled   bool
	Target     Target
}

// A Target is a function or a queue that gets an event.
type Target struct {
	ARN            string // of a Lambda function, with or without qualifier, or of a queue
	RoleARN        string // the role that calls it; "" where a resource policy allows the service
	Input          string // the event. Default: the scheduled event of the service
	MessageGroupID string // for FIFO queues
	DeadLetterARN  string // of the queue that gets events that could not be delivered, or ""
	// MaxRetries and MaxEventAge bound the tries. Default: 185 and 24 h; -1 retries mean none.
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

// service gives the third part of an ARN, or "".
func service(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[2]
}

// A plan is a rule or schedule in the form in which it is run.
type plan struct {
	name       string
	arn        string
	source     source
	expression expression
	added      time.Time // times after it count
	origin     time.Time // first time of a rate
	start, end time.Time
	targets    []Target
	pattern    pattern // nil if it takes no events
	disabled   bool
	scheduled  bool // false if it takes events only
}

// A source says which service fires.
type source struct {
	principal string // the service that is authorized
	event     string // "source" of its events
}

var (
	eventBridge = source{principal: "events.amazonaws.com", event: "aws.events"}
	scheduler   = source{principal: "scheduler.amazonaws.com", event: "aws.scheduler"}
)

// planRule makes a plan; a rate fires first when it has passed once since now.
func planRule(r Rule, now time.Time) (*plan, error) {
	p := &plan{name: r.Name, arn: r.ARN, source: eventBridge, added: now, pattern: r.Pattern, disabled: r.Disabled}
	if err := p.pattern.validate(); err != nil {
		return nil, fmt.Errorf("events: rule %s: pattern: %w", r.Name, err)
	}
	if r.Expression != "" || r.Pattern == nil {
		e, err := parseRuleExpression(r.Expression)
		if err != nil {
			return nil, fmt.Errorf("events: rule %s: %w", r.Name, err)
		}
		p.expression, p.origin, p.scheduled = e, now.Add(e.rate), true
	}
	for _, t := range r.Targets {
		if err := t.validate(); err != nil {
			return nil, fmt.Errorf("events: rule %s: %w", r.Name, err)
		}
		p.targets = append(p.targets, t.withDefaults())
	}
	return p, nil
}

// planSchedule makes a plan; a rate fires first at its start, or at once if that is not set.
func planSchedule(s Schedule, now time.Time) (*plan, error) {
	zone, err := time.LoadLocation(s.TimeZone) // "" is UTC
	if err != nil {
		return nil, fmt.Errorf("events: schedule %s: %w: time zone %q", s.Name, ErrInvalidSchedule, s.TimeZone)
	}
	e, err := parseExpression(s.Expression, zone)
	if err != nil {
		return nil, fmt.Errorf("events: schedule %s: %w", s.Name, err)
	}
	if !s.Start.IsZero() && !s.End.IsZero() && !s.Start.Before(s.End) {
		return nil, fmt.Errorf("events: schedule %s: %w: it ends at %s, before it starts", s.Name, ErrInvalidSchedule, s.End.Format(time.RFC3339))
	}
	if err := s.Target.validate(); err != nil {
		return nil, fmt.Errorf("events: schedule %s: %w", s.Name, err)
	}
	origin := s.Start
	if origin.IsZero() {
		origin = now
	}
	return &plan{
		name: s.Name, arn: s.ARN, source: scheduler, expression: e, scheduled: true, disabled: s.Disabled, added: now.Add(-time.Nanosecond), // so that a rate fires at once
		origin: origin, start: s.Start, end: s.End, targets: []Target{s.Target.withDefaults()},
	}, nil
}

// next gives the next time after t, within start and end; the zero Time if there is none.
func (p *plan) next(t time.Time) time.Time {
	if just := p.start.Add(-time.Nanosecond); !p.start.IsZero() && t.Before(just) && p.expression.at.IsZero() {
		t = just // one-time schedules ignore start and end
	}
	next := p.expression.next(t, p.origin)
	if !p.end.IsZero() && next.After(p.end) && p.expression.at.IsZero() {
		return time.Time{}
	}
	return next
}
