package eventsource

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const (
	workARN  = "arn:aws:lambda:us-east-1:000000000000:function:work"
	queueARN = "arn:aws:sqs:us-east-1:000000000000:due"
	deadARN  = "arn:aws:sqs:us-east-1:000000000000:dead"
	ruleARN  = "arn:aws:events:us-east-1:000000000000:rule/tick"
	planARN  = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick"
)

// A receiver is the functions and queues that a scheduler sends to.
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
	d := delivery{to: *in.QueueUrl, body: *in.MessageBody, group: value(in.MessageGroupId), at: time.Now()}
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

// times gives the minutes at which something came, on the bubble's clock, which begins on 2000-01-01 at midnight UTC.
func (r *receiver) times() string {
	var times []string
	for _, d := range r.deliveries() {
		times = append(times, d.at.UTC().Format("15:04:05"))
	}
	return strings.Join(times, " ")
}

// schedule runs body with a scheduler in a bubble.
func schedule(t *testing.T, change func(*SchedulerConfig), body func(*testing.T, *Scheduler, *receiver)) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		cfg := SchedulerConfig{Functions: r, Queues: r, QueueURL: func(arn string) string { return "http://queue/" + arn[strings.LastIndex(arn, ":")+1:] }, Logger: quiet}
		if change != nil {
			change(&cfg)
		}
		s := NewScheduler(cfg)
		defer s.Stop()
		body(t, s, r)
	})
}

func addRule(t *testing.T, s *Scheduler, expression string, targets ...Target) {
	t.Helper()
	if err := s.AddRule(Rule{Name: "tick", ARN: ruleARN, Expression: expression, Targets: targets}); err != nil {
		t.Fatal(err)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	t.Run("a rate fires after each interval", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
			pass(30 * time.Second)
			addRule(t, s, "rate(1 minute)", Target{ARN: workARN})
			pass(3*time.Minute + time.Second)
			if got := r.times(); got != "00:01:30 00:02:30 00:03:30" {
				t.Errorf("it fired at %s", got)
			}
		})
	})
	t.Run("cron fires at the second", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
			addRule(t, s, "cron(0/5 * * * ? *)", Target{ARN: workARN})
			pass(11 * time.Minute)
			if got := r.times(); got != "00:05:00 00:10:00" {
				t.Errorf("it fired at %s", got)
			}
		})
	})
	t.Run("targets get the scheduled event or their input", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
			addRule(t, s, "rate(1 hour)", Target{ARN: workARN + ":live"}, Target{ARN: queueARN, Input: `{"a":1}`, MessageGroupID: "g"})
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
	t.Run("a disabled rule fires only by hand", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
			err := s.AddRule(Rule{Name: "tick", ARN: ruleARN, Expression: "rate(1 minute)", Disabled: true, Targets: []Target{{ARN: workARN}}})
			if err != nil {
				t.Fatal(err)
			}
			pass(5 * time.Minute)
			if err := s.Fire(ruleARN); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := r.times(); got != "00:05:00" {
				t.Errorf("it fired at %s", got)
			}
			if err := s.Fire("other"); !errors.Is(err, ErrNotFound) || err.Error() != "events: fire other: no such rule or schedule" {
				t.Errorf("error %v", err)
			}
		})
	})
	t.Run("a target that is no function or queue is refused", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, _ *receiver) {
			err := s.AddRule(Rule{Name: "tick", Expression: "rate(1 minute)", Targets: []Target{{ARN: "arn:aws:sns:us-east-1:000000000000:t"}}})
			if !errors.Is(err, ErrNotSupported) || err.Error() != `events: rule tick: not supported by the local stage: target "arn:aws:sns:us-east-1:000000000000:t" is neither function nor queue` {
				t.Errorf("error %v", err)
			}
		})
	})
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name     string
		schedule Schedule
		want     string
	}{
		{"a rate fires at once and then each interval", Schedule{Expression: "rate(30 minutes)"}, "00:00:00 00:30:00 01:00:00 01:30:00 02:00:00"},
		{"a rate with a start fires there first", Schedule{Expression: "rate(1 hour)", Start: start.Add(20 * time.Minute)}, "00:20:00 01:20:00"},
		{"a rate with a start in the past keeps its step", Schedule{Expression: "rate(1 hour)", Start: start.Add(-10 * time.Minute)}, "00:50:00 01:50:00"},
		{"an end ends it", Schedule{Expression: "rate(30 minutes)", End: start.Add(40 * time.Minute)}, "00:00:00 00:30:00"},
		{"cron follows the time zone", Schedule{Expression: "cron(45 6 * * ? *)", TimeZone: "Asia/Kathmandu"}, "01:00:00"},
		{"cron waits for the start", Schedule{Expression: "cron(0 * * * ? *)", Start: start.Add(time.Hour)}, "01:00:00 02:00:00"},
		{"a one-time schedule fires once, in its zone", Schedule{Expression: "at(2000-01-01T02:30:00)", TimeZone: "Europe/Berlin"}, "01:30:00"},
		{"a one-time schedule in the past never fires", Schedule{Expression: "at(1999-01-01T00:00:00)"}, ""},
		{"a disabled schedule never fires", Schedule{Expression: "rate(1 minute)", Disabled: true}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
				c.schedule.Name, c.schedule.ARN, c.schedule.Target = "tick", planARN, Target{ARN: workARN}
				if err := s.AddSchedule(c.schedule); err != nil {
					t.Fatal(err)
				}
				pass(2*time.Hour + time.Second)
				if got := r.times(); got != c.want {
					t.Errorf("it fired at %q, not %q", got, c.want)
				}
			})
		})
	}
	t.Run("context attributes are filled in and the default event has text as detail", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, r *receiver) {
			for name, input := range map[string]string{"a": `{"at":"<aws.scheduler.scheduled-time>","n":<aws.scheduler.attempt-number>,"by":"<aws.scheduler.schedule-arn>"}`, "b": ""} {
				err := s.AddSchedule(Schedule{Name: name, ARN: planARN + name, Expression: "at(2000-01-01T00:01:00)", Target: Target{ARN: workARN, Input: input}})
				if err != nil {
					t.Fatal(err)
				}
			}
			pass(2 * time.Minute)
			var bodies []string
			for _, d := range r.deliveries() {
				bodies = append(bodies, d.body)
			}
			slices.Sort(bodies)
			if len(bodies) != 2 || bodies[0] != `{"at":"2000-01-01T00:01:00Z","n":1,"by":"`+planARN+`a"}` {
				t.Fatalf("bodies %v", bodies)
			}
			if !strings.Contains(bodies[1], `"source":"aws.scheduler"`) || !strings.HasSuffix(bodies[1], `"detail":"{}"}`) {
				t.Errorf("body %s", bodies[1])
			}
		})
	})
	t.Run("what is wrong is refused", func(t *testing.T) {
		t.Parallel()
		schedule(t, nil, func(t *testing.T, s *Scheduler, _ *receiver) {
			err := s.AddSchedule(Schedule{Name: "tick", Expression: "rate(1 hour)", TimeZone: "Mars/Base", Target: Target{ARN: workARN}})
			if !errors.Is(err, ErrInvalidSchedule) || err.Error() != `events: schedule tick: invalid schedule: time zone "Mars/Base"` {
				t.Errorf("error %v", err)
			}
			err = s.AddSchedule(Schedule{Name: "tick", Expression: "rate(1 hour)", Start: start.Add(time.Hour), End: start, Target: Target{ARN: workARN}})
			if !errors.Is(err, ErrInvalidSchedule) || err.Error() != `events: schedule tick: invalid schedule: it ends at 2000-01-01T00:00:00Z, before it starts` {
				t.Errorf("error %v", err)
			}
		})
	})
}

// A jumpingClock is the bubble's clock, ahead by an offset that a sleep of the machine adds to: timers do not see it.
type jumpingClock struct {
	systemClock
	ahead atomic.Int64
}

func (c *jumpingClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func TestAMachineThatSleptMakesUpForOneTime(t *testing.T) {
	t.Parallel()
	clock := &jumpingClock{}
	schedule(t, func(c *SchedulerConfig) { c.Clock = clock }, func(t *testing.T, s *Scheduler, r *receiver) {
		addRule(t, s, "cron(0/10 * * * ? *)", Target{ARN: workARN})
		pass(11 * time.Minute)
		clock.ahead.Store(int64(2 * time.Hour)) // from 00:11 to 02:11
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
