package faultinjection

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Rule says which calls get a fault, of which kind, and how often.
type Rule struct {
	// ID is set by Add.
	ID string `json:"id"`
	// Service as in the credential scope of a call (dynamodb, sqs, sns, s3, ses, secretsmanager, lambda, execute-api),
	// or socket for the connections of WebSocket APIs. "*" is any.
	Service string `json:"service"`
	// Action is the API operation, for example SendMessage, in any case. "" or "*" is any.
	Action string `json:"action"`
	// Function is the name of the calling function; of the invoked one for service lambda, of the consumer for duplicate,
	// reorder and late. "" is any caller.
	Function string `json:"function,omitempty"`
	Kind     Kind   `json:"kind"`
	// Share of the matching calls that get the fault, 0 to 1. Default: 1.
	Share *float64 `json:"share,omitempty"`
	// Count ends the rule after so many faults. Default: no end.
	Count int64 `json:"count,omitempty"`
	// The delay in milliseconds: DelayMS and a random part of WindowMS. For kinds delay, cold_start, duplicate, reorder
	// and late.
	DelayMS  int64 `json:"delay_ms,omitempty"`
	WindowMS int64 `json:"window_ms,omitempty"`
	// Seed of the choice of calls and delays. Default: 0, which is as good as any other.
	Seed uint64 `json:"seed"`
}

// maxDelayMS bounds delays: 15 minutes, the longest of SQS and Lambda.
const maxDelayMS = 900_000

// normalize fills in defaults and refuses what cannot be injected.
func (r *Rule) normalize() error {
	if r.Service == "" {
		return invalid(`service is missing; "*" is any`)
	}
	if !slices.Contains(kinds, r.Kind) {
		return invalid("kind is %q, not one of %s", r.Kind, list(kinds))
	}
	only, isSpecial := specials[r.Kind]
	if isSpecial && r.Service != "*" && !strings.EqualFold(r.Service, only.service) {
		return invalid("service is %q, must be %q for kind %s", r.Service, only.service, r.Kind)
	}
	if only.timed && r.Action != "" && r.Action != "*" {
		return invalid("action is %q, must be left out for kind %s", r.Action, r.Kind)
	}
	if r.Share == nil {
		all := 1.0
		r.Share = &all
	}
	if !(*r.Share >= 0 && *r.Share <= 1) || math.IsNaN(*r.Share) {
		return invalid("share is %v, not 0 to 1", *r.Share)
	}
	if r.Count < 0 {
		return invalid("count is %d", r.Count)
	}
	if only.timed && r.DelayMS == 0 && r.WindowMS == 0 {
		r.DelayMS, r.WindowMS = only.delayMS, only.window
	}
	return r.validateDelay(only.timed || r.Kind == Delay)
}

func (r *Rule) validateDelay(timed bool) error {
	for _, field := range []struct {
		name  string
		value int64
	}{{"delay_ms", r.DelayMS}, {"window_ms", r.WindowMS}} {
		if field.value < 0 || field.value > maxDelayMS || field.value > 0 && !timed {
			return invalid("%s is %d for kind %s", field.name, field.value, r.Kind)
		}
	}
	if timed && r.DelayMS+r.WindowMS == 0 {
		return invalid("delay_ms is 0 for kind %s", r.Kind)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("faults: add: %w: "+format, append([]any{ErrRule}, args...)...)
}

func list(kinds []Kind) string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return strings.Join(texts, ", ")
}

// delay draws a delay.
func (r *Rule) delay(random *rand.Rand) time.Duration {
	d := time.Duration(r.DelayMS) * time.Millisecond
	if r.WindowMS > 0 {
		d += time.Duration(random.Int64N(r.WindowMS*int64(time.Millisecond)) + 1)
	}
	return d
}

// matches reports whether the rule applies to a call.
func (r *Rule) matches(service, action, function string) bool {
	if only, ok := specials[r.Kind]; ok && only.service != service {
		return false
	}
	return (r.Service == "*" || strings.EqualFold(r.Service, service)) &&
		(r.Action == "" || r.Action == "*" || strings.EqualFold(r.Action, action)) &&
		(r.Function == "" || r.Function == "*" || r.Function == function)
}
