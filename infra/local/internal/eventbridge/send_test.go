package eventbridge

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestTargetsThatFail(t *testing.T) {
	t.Parallel()
	t.Run("a failed call is tried again with back-off", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			r.fails = 3
			addRule(t, b, "rate(1 hour)", Target{ARN: workARN})
			pass(61 * time.Minute)
			if got := r.times(); got != "01:00:07" {
				t.Errorf("it came at %s", got)
			}
		})
	})
	t.Run("after the last try it goes to the dead-letter queue", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			r.fails = 100
			addRule(t, b, "rate(1 hour)", Target{ARN: workARN, Input: "{}", MaxRetries: 2, DeadLetterARN: deadARN})
			pass(61 * time.Minute)
			got := r.deliveries()
			want := []string{"ERROR_CODE=SDK_CLIENT_ERROR", "ERROR_MESSAGE=eventbridge: tick: unavailable", "RULE_ARN=" + ruleARN, "TARGET_ARN=" + workARN}
			if len(got) != 1 || got[0].to != "http://queue/dead" || got[0].body != "{}" || !slices.Equal(got[0].attributes, want) {
				t.Errorf("deliveries %v", got)
			}
			if r.fails != 97 {
				t.Errorf("%d tries", 100-r.fails)
			}
		})
	})
	t.Run("what the policies refuse is not tried again", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		var asked []Access
		refuse := func(_ context.Context, a Access) error {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, a)
			return errors.New("AccessDenied")
		}
		withBus(t, func(c *Config) { c.Authorize = refuse }, func(t *testing.T, b *Bus, r *receiver) {
			addRule(t, b, "rate(1 hour)", Target{ARN: queueARN})
			pass(119 * time.Minute)
			if len(r.deliveries()) != 0 {
				t.Errorf("deliveries %v", r.deliveries())
			}
			mu.Lock()
			defer mu.Unlock()
			want := Access{Action: "sqs:SendMessage", Resource: queueARN, SourceARN: ruleARN}
			if !slices.Equal(asked, []Access{want}) {
				t.Errorf("asked for %v", asked)
			}
		})
	})
}
