package cloudwatch

import (
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func letters() Rule {
	return Rule{
		Name: "DeadLetters", Namespace: "AWS/SQS", Metric: "ApproximateNumberOfMessagesVisible",
		Dimensions: map[string]string{"QueueName": "dead"}, Statistic: "Maximum", Period: time.Minute, EvaluationPeriods: 1,
		Threshold: 1, Comparison: "GreaterThanOrEqualToThreshold", MissingData: "notBreaching",
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	dead := map[string]string{"QueueName": "dead"}
	for _, test := range []struct {
		name   string
		change func(*Rule)
		run    func(*Board, *clock)
		want   string
	}{
		{"data that does not breach is OK", nil, func(b *Board, _ *clock) {
			b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 0)
		}, OK},
		{"a breach is an alarm at once", nil, func(b *Board, _ *clock) {
			b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
		}, Alarm},
		{"another queue's breach is none of its business", nil, func(b *Board, _ *clock) {
			b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", map[string]string{"QueueName": "other"}, 1)
		}, OK},
		{"a breach is over when its period is", nil, func(b *Board, c *clock) {
			b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
			c.at = c.at.Add(time.Minute)
		}, OK},
		{"missing data is insufficient", func(r *Rule) { r.MissingData = "missing" }, func(*Board, *clock) {}, InsufficientData},
		{"missing data may breach", func(r *Rule) { r.MissingData = "breaching" }, func(*Board, *clock) {}, Alarm},
		{"missing data may leave the state", func(r *Rule) { r.MissingData = "ignore" }, func(b *Board, c *clock) {
			b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
			b.Statuses()
			c.at = c.at.Add(time.Minute)
		}, Alarm},
		{"three periods must breach where three are asked for", func(r *Rule) { r.EvaluationPeriods = 3 }, func(b *Board, c *clock) {
			for range 2 {
				b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
				c.at = c.at.Add(time.Minute)
			}
		}, OK},
		{"two of three periods are enough where two are asked for", func(r *Rule) {
			r.EvaluationPeriods, r.DatapointsToAlarm = 3, 2
		}, func(b *Board, c *clock) {
			for range 2 {
				b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
				c.at = c.at.Add(time.Minute)
			}
		}, Alarm},
		{"a sum adds up over the period", func(r *Rule) { r.Statistic, r.Threshold = "Sum", 3 }, func(b *Board, c *clock) {
			for range 3 {
				b.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, 1)
				c.at = c.at.Add(time.Second)
			}
		}, Alarm},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := &clock{at: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
			rule := letters()
			if test.change != nil {
				test.change(&rule)
			}
			b := New([]Rule{rule}, c.now)
			test.run(b, c)
			if got := b.Statuses()[0]; got.State != test.want {
				t.Errorf("state %s (%s), want %s", got.State, got.Reason, test.want)
			}
		})
	}
}

func TestEmbeddedMetricsAreRecorded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, line, want string }{
		{"a line of the format", `{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Blocked","Unit":"Count"}]}]},"D":"v","Blocked":1}`, Alarm},
		{"another dimension", `{"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Blocked"}]}]},"D":"w","Blocked":1}`, OK},
		{"a metric without a value", `{"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Blocked"}]}]},"D":"v"}`, OK},
		{"a line of a log", `{"msg":"CloudWatchMetrics","Blocked":1}`, OK},
		{"no JSON", `{"CloudWatchMetrics"`, OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := New([]Rule{{
				Namespace: "N", Metric: "Blocked", Dimensions: map[string]string{"D": "v"}, Statistic: "Sum", Period: time.Minute,
				EvaluationPeriods: 20, DatapointsToAlarm: 1, Threshold: 1, Comparison: "GreaterThanOrEqualToThreshold", MissingData: "notBreaching",
			}}, time.Now)
			b.RecordEmbedded([]byte(c.line))
			if got := b.Statuses()[0].State; got != c.want {
				t.Errorf("the state is %s, want %s", got, c.want)
			}
		})
	}
}
