package faultinjection

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Kind is what goes wrong.
type Kind string

// The kinds. None is the zero value: nothing goes wrong.
const (
	None     Kind = ""
	Error    Kind = "error"    // status 500 in the service's protocol; the call is not made
	Throttle Kind = "throttle" // the service's throttling error; the call is not made
	Delay    Kind = "delay"    // the call is made after delay_ms
	Drop     Kind = "drop"     // the call is made, its answer is lost: the connection is cut
	Kill     Kind = "kill"     // the function's process is killed while it works; service lambda only
	Close    Kind = "close"    // the socket is closed; service socket only
)

// A Rule says which calls go wrong, how, and how often.
type Rule struct {
	// ID is given by Add.
	ID string `json:"id"`
	// Service as in the credential scope of a call (dynamodb, sqs, sns, s3, ses, secretsmanager, lambda, execute-api),
	// or socket for the gateway's connections. "*" is any.
	Service string `json:"service"`
	// Action is the API operation, for example SendMessage, in any case. "" or "*" is any.
	Action string `json:"action"`
	// Function is the name of the calling function (of the invoked one for service lambda). "" is any caller.
	Function string `json:"function,omitempty"`
	Kind     Kind   `json:"kind"`
	// Share of the matching calls that go wrong, 0 to 1. Default: 1.
	Share *float64 `json:"share,omitempty"`
	// Count ends the rule after so many faults. Default: no end.
	Count int64 `json:"count,omitempty"`
	// DelayMS is the delay in milliseconds, for kind delay.
	DelayMS int64 `json:"delay_ms,omitempty"`
	// Seed of the choice which calls go wrong. Default: 0, which is as good as any other.
	Seed uint64 `json:"seed"`
}

func (r *Rule) normalize() error {
	if r.Service == "" {
		return fmt.Errorf("faults: add: %w: service is missing; \"*\" is any", ErrRule)
	}
	switch r.Kind {
	case Error, Throttle, Delay, Drop, Kill, Close:
	default:
		return fmt.Errorf("faults: add: %w: kind is %q, not one of error, throttle, delay, drop, kill, close", ErrRule, r.Kind)
	}
	if r.Share == nil {
		all := 1.0
		r.Share = &all
	}
	if !(*r.Share >= 0 && *r.Share <= 1) || math.IsNaN(*r.Share) {
		return fmt.Errorf("faults: add: %w: share is %v, not 0 to 1", ErrRule, *r.Share)
	}
	if r.Count < 0 {
		return fmt.Errorf("faults: add: %w: count is %d", ErrRule, r.Count)
	}
	if (r.Kind == Delay) != (r.DelayMS > 0) {
		return fmt.Errorf("faults: add: %w: delay_ms is %d for kind %s", ErrRule, r.DelayMS, r.Kind)
	}
	return nil
}

func (r *Rule) delay() time.Duration { return time.Duration(r.DelayMS) * time.Millisecond }

// matches reports whether the rule is about a call. Only a function can be killed and only a socket be closed, whatever
// the rule's service.
func (r *Rule) matches(service, action, function string) bool {
	if r.Kind == Kill && service != "lambda" || r.Kind == Close && service != "socket" {
		return false
	}
	return (r.Service == "*" || strings.EqualFold(r.Service, service)) &&
		(r.Action == "" || r.Action == "*" || strings.EqualFold(r.Action, action)) &&
		(r.Function == "" || r.Function == "*" || r.Function == function)
}
