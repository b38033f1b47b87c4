package eventbridge

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

const (
	workARN  = "arn:aws:lambda:us-east-1:000000000000:function:work"
	queueARN = "arn:aws:sqs:us-east-1:000000000000:due"
	deadARN  = "arn:aws:sqs:us-east-1:000000000000:dead"
	ruleARN  = "arn:aws:events:us-east-1:000000000000:rule/tick"
)

// A receiver is the functions and queues that a bus sends to.
type receiver struct {
	mu    sync.Mutex
	got   []delivery
	fails int // of the next calls of functions
}

type delivery struct {
	to, body, group string
	attributes      []string
	at              time.Time
}

func (r *receiver) InvokeAsync(_ context.Context, function string, payload []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails > 0 {
		r.fails--
		return errors.New("unavailable")
	}
	r.got = append(r.got, delivery{to: function, body: string(payload), at: time.Now()})
	return nil
}

func (r *receiver) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := delivery{to: *in.QueueUrl, body: *in.MessageBody, group: aws.ToString(in.MessageGroupId), at: time.Now()}
	for name, a := range in.MessageAttributes {
		d.attributes = append(d.attributes, name+"="+*a.StringValue)
	}
	slices.Sort(d.attributes)
	r.got = append(r.got, d)
	return nil, nil
}

func (r *receiver) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// times returns the minutes at which something came, on the bubble's clock, which begins on 2000-01-01 at midnight UTC.
func (r *receiver) times() string {
	var times []string
	for _, d := range r.deliveries() {
		times = append(times, d.at.UTC().Format("15:04:05"))
	}
	return strings.Join(times, " ")
}

// withBus runs body with a bus in a bubble.
func withBus(t *testing.T, change func(*Config), body func(*testing.T, *Bus, *receiver)) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		cfg := Config{Functions: r, Queues: r, QueueURL: func(arn string) string { return "http://queue/" + arn[strings.LastIndex(arn, ":")+1:] }, Logger: quiet}
		if change != nil {
			change(&cfg)
		}
		b := New(cfg)
		defer b.Stop()
		body(t, b, r)
	})
}

func addRule(t *testing.T, b *Bus, expression string, targets ...Target) {
	t.Helper()
	if err := b.AddRule(Rule{Name: "tick", ARN: ruleARN, Expression: expression, Targets: targets}); err != nil {
		t.Fatal(err)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	t.Run("a rate fires after each interval", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			pass(30 * time.Second)
			addRule(t, b, "rate(1 minute)", Target{ARN: workARN})
			pass(3*time.Minute + time.Second)
			if got := r.times(); got != "00:01:30 00:02:30 00:03:30" {
				t.Errorf("it fired at %s", got)
			}
		})
	})
	t.Run("cron fires at the second", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			addRule(t, b, "cron(0/5 * * * ? *)", Target{ARN: workARN})
			pass(11 * time.Minute)
			if got := r.times(); got != "00:05:00 00:10:00" {
				t.Errorf("it fired at %s", got)
			}
		})
	})
	t.Run("targets get the scheduled event or their input", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			addRule(t, b, "rate(1 hour)", Target{ARN: workARN + ":live"}, Target{ARN: queueARN, Input: `{"a":1}`, MessageGroupID: "g"})
			pass(61 * time.Minute)
			got := r.deliveries()
			slices.SortFunc(got, func(a, b delivery) int { return strings.Compare(a.to, b.to) })
			if len(got) != 2 {
				t.Fatalf("deliveries %v", got)
			}
			event := `{"version":"0","id":"` + got[0].body[len(`{"version":"0","id":"`):][:36] + `","detail-type":"Scheduled Event","source":"aws.events",` +
				`"account":"000000000000","time":"2000-01-01T01:00:00Z","region":"us-east-1","resources":["` + ruleARN + `"],"detail":{}}`
			if got[0].to != workARN+":live" || got[0].body != event {
				t.Errorf("function got %+v", got[0])
			}
			if got[1].to != "http://queue/due" || got[1].body != `{"a":1}` || got[1].group != "g" {
				t.Errorf("queue got %+v", got[1])
			}
		})
	})
	t.Run("a disabled rule does not fire", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, r *receiver) {
			err := b.AddRule(Rule{Name: "tick", ARN: ruleARN, Expression: "rate(1 minute)", Disabled: true, Targets: []Target{{ARN: workARN}}})
			if err != nil {
				t.Fatal(err)
			}
			pass(5 * time.Minute)
			if got := r.times(); got != "" {
				t.Errorf("it fired at %s", got)
			}
		})
	})
	t.Run("a target that is no function or queue is refused", func(t *testing.T) {
		t.Parallel()
		withBus(t, nil, func(t *testing.T, b *Bus, _ *receiver) {
			err := b.AddRule(Rule{Name: "tick", Expression: "rate(1 minute)", Targets: []Target{{ARN: "arn:aws:sns:us-east-1:000000000000:t"}}})
			if !errors.Is(err, ErrNotSupported) || err.Error() != `eventbridge: rule tick: not supported by the local stage: target "arn:aws:sns:us-east-1:000000000000:t" is neither function nor queue` {
				t.Errorf("error %v", err)
			}
		})
	})
}

// A jumpingClock is the bubble's clock, ahead by an offset that a sleep of the machine adds to: timers do not see it.
type jumpingClock struct {
	clock.System
	ahead atomic.Int64
}

func (c *jumpingClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func TestAMachineThatSleptMakesUpForOneTime(t *testing.T) {
	t.Parallel()
	jumping := &jumpingClock{}
	withBus(t, func(c *Config) { c.Clock = jumping }, func(t *testing.T, b *Bus, r *receiver) {
		addRule(t, b, "cron(0/10 * * * ? *)", Target{ARN: workARN})
		pass(11 * time.Minute)
		jumping.ahead.Store(int64(2 * time.Hour)) // from 00:11 to 02:11
		pass(20 * time.Second)
		if got := len(r.deliveries()); got != 2 {
			t.Errorf("%d deliveries after the sleep", got)
		}
		pass(10 * time.Minute) // to 02:21
		got := r.deliveries()
		if len(got) != 3 || !strings.Contains(got[1].body, `"time":"2000-01-01T00:20:00Z"`) || !strings.Contains(got[2].body, `"time":"2000-01-01T02:20:00Z"`) {
			t.Errorf("deliveries %v", got)
		}
	})
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

// pass lets d pass on the clock of the bubble.
func pass(d time.Duration) { <-time.After(d) }
