package eventbridge

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bounced is an event of SES as the stage puts it.
func bounced(set string) Event {
	return Event{
		Source: "aws.ses", DetailType: "Email Bounced", Account: "000000000000", Region: "us-east-1",
		Time: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Resources: []string{"arn:aws:ses:us-east-1:000000000000:configuration-set/" + set},
		Detail: map[string]any{"eventType": "Bounce", "mail": map[string]any{"tags": map[string]any{"ses:configuration-set": []string{set}}}},
	}
}

// ours is the pattern of a rule for the bounces and complaints of the configuration set "mails".
func ours() map[string]any {
	return map[string]any{
		"source": []any{"aws.ses"}, "detail-type": []any{"Email Bounced", "Email Complaint Received"},
		"detail": map[string]any{"mail": map[string]any{"tags": map[string]any{"ses:configuration-set": []any{"mails"}}}},
	}
}

func TestARuleForEvents(t *testing.T) {
	t.Parallel()
	rule := func(change func(*Rule)) Rule {
		r := Rule{Name: "bounced", ARN: ruleARN, Pattern: ours(), Targets: []Target{{ARN: workARN}}}
		if change != nil {
			change(&r)
		}
		return r
	}
	tests := []struct {
		name  string
		rule  Rule
		event Event
		want  int
	}{
		{"fires for what its pattern names", rule(nil), bounced("mails"), 1},
		{"does not fire for another configuration set", rule(nil), bounced("others"), 0},
		{"does not fire for another type", rule(nil), func() Event {
			e := bounced("mails")
			e.DetailType = "Email Sent"
			return e
		}(), 0},
		{"does not fire for an event without the field", rule(nil), func() Event {
			e := bounced("mails")
			e.Detail = map[string]any{"mail": "none"}
			return e
		}(), 0},
		{"does not fire while it is disabled", rule(func(r *Rule) { r.Disabled = true }), bounced("mails"), 0},
		{"with a schedule only fires for no event", rule(func(r *Rule) { r.Pattern, r.Expression = nil, "rate(1 hour)" }), bounced("mails"), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
				if err := b.AddRule(tt.rule); err != nil {
					t.Fatal(err)
				}
				if err := b.Put(tt.event); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if got := len(r.deliveries()); got != tt.want {
					t.Errorf("%d deliveries, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestTheTargetOfAnEventGetsAllOfIt(t *testing.T) {
	t.Parallel()
	withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
		rule := Rule{Name: "bounced", ARN: ruleARN, Pattern: ours(), Targets: []Target{{ARN: workARN}, {ARN: queueARN, Input: "bounced"}}}
		if err := b.AddRule(rule); err != nil {
			t.Fatal(err)
		}
		r.fails = 1 // it is tried again
		if err := b.Put(bounced("mails")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // the bubble's clock
		synctest.Wait()
		for _, d := range r.deliveries() {
			if strings.HasSuffix(d.to, "/due") {
				if d.body != "bounced" {
					t.Errorf("input %s", d.body)
				}
				continue
			}
			var got map[string]any
			if err := json.Unmarshal([]byte(d.body), &got); err != nil {
				t.Fatal(err)
			}
			if got["source"] != "aws.ses" || got["detail-type"] != "Email Bounced" || got["time"] != "2026-05-04T03:02:01Z" ||
				got["account"] != "000000000000" || got["detail"].(map[string]any)["eventType"] != "Bounce" {
				t.Errorf("event %s", d.body)
			}
		}
		if got := len(r.deliveries()); got != 2 {
			t.Errorf("%d deliveries, want 2", got)
		}
	})
}

func TestAPatternThatIsNotEvaluatedIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pattern map[string]any
		want    string
	}{
		"a filter": {
			map[string]any{"source": []any{map[string]any{"prefix": "aws."}}},
			"eventbridge: rule r: pattern: source: not supported by the local stage: filter map[prefix:aws.]",
		},
		"a value that is no list": {
			map[string]any{"detail": map[string]any{"eventType": "Bounce"}},
			"eventbridge: rule r: pattern: detail: eventType: not supported by the local stage: Bounce is no list",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withBus(t, nil, func(t *testing.T, b *Bus, _ *receiver) {
				err := b.AddRule(Rule{Name: "r", ARN: ruleARN, Pattern: test.pattern})
				if err == nil || err.Error() != test.want || !errors.Is(err, ErrNotSupported) {
					t.Errorf("error %v, want %s", err, test.want)
				}
			})
		})
	}
}
