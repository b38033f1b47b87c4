package faultinjection

import (
	"slices"
	"testing"
	"time"
)

func share(f float64) *float64 { return &f }

func add(t *testing.T, s *Injector, r Rule) string {
	t.Helper()
	added, err := s.Add(r)
	if err != nil {
		t.Fatal(err)
	}
	return added.ID
}

func TestARuleStrikesWhatItMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                      string
		rule                      Rule
		service, action, function string
		want                      Kind
	}{
		{"service and action alike", Rule{Service: "sqs", Action: "SendMessage", Kind: Error}, "sqs", "SendMessage", "f", Error},
		{"action in another case", Rule{Service: "sqs", Action: "sendmessage", Kind: Throttle}, "sqs", "SendMessage", "f", Throttle},
		{"any action", Rule{Service: "sqs", Kind: Drop}, "sqs", "SendMessage", "", Drop},
		{"anything", Rule{Service: "*", Action: "*", Function: "*", Kind: Kill}, "lambda", "Invoke", "f", Kill},
		{"the function named", Rule{Service: "*", Function: "f", Kind: Error}, "sqs", "SendMessage", "f", Error},
		{"a socket to close", Rule{Service: "*", Kind: Close}, "socket", "message", "", Close},
		{"nothing to close", Rule{Service: "*", Kind: Close}, "sqs", "SendMessage", "f", None},
		{"nothing to kill", Rule{Service: "*", Kind: Kill}, "sqs", "SendMessage", "f", None},
		{"another function", Rule{Service: "*", Function: "g", Kind: Error}, "sqs", "SendMessage", "f", None},
		{"another service", Rule{Service: "sns", Kind: Error}, "sqs", "SendMessage", "f", None},
		{"another action", Rule{Service: "sqs", Action: "ReceiveMessage", Kind: Error}, "sqs", "SendMessage", "f", None},
		{"a share of nothing", Rule{Service: "sqs", Kind: Error, Share: share(0)}, "sqs", "SendMessage", "f", None},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var s Injector
			add(t, &s, tt.rule)
			if got := s.Inject(tt.service, tt.action, tt.function, kinds...).Kind; got != tt.want {
				t.Errorf("kind = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestASeedGivesTheSameFaultsAgain(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) []Kind {
		var s Injector
		add(t, &s, Rule{Service: "sqs", Kind: Error, Share: share(0.3), Seed: seed})
		var drawn []Kind
		for range 1000 {
			// Calls that the rule does not match must not move its sequence.
			s.Inject("sns", "Publish", "", kinds...)
			drawn = append(drawn, s.Inject("sqs", "SendMessage", "", kinds...).Kind)
		}
		return drawn
	}
	a, b, c := draw(1), draw(1), draw(2)
	if !slices.Equal(a, b) {
		t.Error("the same seed injects other faults")
	}
	if slices.Equal(a, c) {
		t.Error("another seed injects the same faults")
	}
	struck := 0
	for _, k := range a {
		if k == Error {
			struck++
		}
	}
	if struck < 250 || struck > 350 {
		t.Errorf("%d of 1000 calls failed, want about 300", struck)
	}
}

func TestACountEndsARule(t *testing.T) {
	t.Parallel()
	var s Injector
	add(t, &s, Rule{Service: "sqs", Kind: Delay, DelayMS: 1500, Count: 2})
	want := []Injection{{Kind: Delay, Delay: 1500 * time.Millisecond, Rule: "1"}, {Kind: Delay, Delay: 1500 * time.Millisecond, Rule: "1"}, {}}
	for i, w := range want {
		if got := s.Inject("sqs", "SendMessage", "", kinds...); got != w {
			t.Errorf("injection %d = %+v, want %+v", i, got, w)
		}
	}
	if fired := s.Rules()[0].Fired; fired != 2 {
		t.Errorf("fired = %d, want 2", fired)
	}
}

func TestDelaysAreDrawnWithinTheirWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		rule     Rule
		service  string
		min, max time.Duration
	}{
		{"a duplicate comes within a second", Rule{Service: "sqs", Kind: Duplicate}, "sqs", 1, time.Second},
		{"a message is held back for its window", Rule{Service: "sqs", Kind: Reorder, WindowMS: 50}, "sqs", 1, 50 * time.Millisecond},
		{"a batch is late by at least its delay", Rule{Service: "*", Kind: Late, DelayMS: 20, WindowMS: 5}, "sqs", 20*time.Millisecond + 1, 25 * time.Millisecond},
		{"a cold start takes 100 to 300 ms", Rule{Service: "lambda", Kind: ColdStart}, "lambda", 100*time.Millisecond + 1, 300 * time.Millisecond},
		{"a delay may have a window too", Rule{Service: "sqs", Kind: Delay, DelayMS: 5, WindowMS: 5}, "sqs", 5*time.Millisecond + 1, 10 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var s Injector
			add(t, &s, tt.rule)
			shortest, longest := time.Hour, time.Duration(0)
			for range 1000 {
				d := s.Inject(tt.service, "", "f", kinds...).Delay
				shortest, longest = min(shortest, d), max(longest, d)
			}
			if shortest < tt.min || longest > tt.max || longest-shortest < (tt.max-tt.min)/2 {
				t.Errorf("delays are %s to %s, want %s to %s", shortest, longest, tt.min, tt.max)
			}
		})
	}
}

func TestTheFirstRuleThatStrikesWins(t *testing.T) {
	t.Parallel()
	var s Injector
	first := add(t, &s, Rule{Service: "sqs", Kind: Error})
	add(t, &s, Rule{Service: "sqs", Kind: Throttle})
	if got := s.Inject("sqs", "SendMessage", "", kinds...).Kind; got != Error {
		t.Errorf("kind = %q, want error", got)
	}
	if err := s.Remove(first); err != nil {
		t.Fatal(err)
	}
	if got := s.Inject("sqs", "SendMessage", "", kinds...).Kind; got != Throttle {
		t.Errorf("kind = %q, want throttle", got)
	}
	s.Clear()
	if got := s.Inject("sqs", "SendMessage", "", kinds...); got != (Injection{}) {
		t.Errorf("injection = %+v, want none", got)
	}
}

func TestABadRuleIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rule Rule
		want string
	}{
		{"without a service", Rule{Kind: Error}, `faults: add: invalid rule: service is missing; "*" is any`},
		{"of an unknown kind", Rule{Service: "sqs", Kind: "burn"}, `faults: add: invalid rule: kind is "burn", not one of error, throttle, delay, drop, kill, close, duplicate, reorder, late, cold_start`},
		{"with a share above 1", Rule{Service: "sqs", Kind: Error, Share: share(2)}, `faults: add: invalid rule: share is 2, not 0 to 1`},
		{"with a negative count", Rule{Service: "sqs", Kind: Error, Count: -1}, `faults: add: invalid rule: count is -1`},
		{"that kills a queue", Rule{Service: "sqs", Kind: Kill}, `faults: add: invalid rule: service is "sqs", must be "lambda" for kind kill`},
		{"that repeats one call", Rule{Service: "sqs", Action: "SendMessage", Kind: Duplicate}, `faults: add: invalid rule: action is "SendMessage", must be left out for kind duplicate`},
		{"with a window without a delay", Rule{Service: "sqs", Kind: Error, WindowMS: 5}, `faults: add: invalid rule: window_ms is 5 for kind error`},
		{"with a window that is too long", Rule{Service: "sqs", Kind: Late, WindowMS: 900_001}, `faults: add: invalid rule: window_ms is 900001 for kind late`},
		{"a delay without its length", Rule{Service: "sqs", Kind: Delay}, `faults: add: invalid rule: delay_ms is 0 for kind delay`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var s Injector
			if _, err := s.Add(tt.rule); err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestRulesOfOtherKindsAreLeftAlone(t *testing.T) {
	t.Parallel()
	var s Injector
	add(t, &s, Rule{Service: "lambda", Kind: Kill, Count: 1})
	add(t, &s, Rule{Service: "lambda", Kind: Error, Count: 1})
	if got := s.Inject("lambda", "Invoke", "f", Error, Throttle).Kind; got != Error {
		t.Errorf("kind = %q, want error", got)
	}
	if got := s.Inject("lambda", "Invoke", "f", Kill).Kind; got != Kill {
		t.Errorf("kind = %q, want kill", got)
	}
}
