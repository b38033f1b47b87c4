// Package cloudwatch keeps the metrics that the local stage knows and evaluates CloudWatch alarms against them.
//
// It covers alarms on one metric with a plain statistic. Its data are those of Record: functions' invocations, errors,
// throttles and durations, and queues' depth and age, and what functions write in the embedded metric format. Metrics that are not recorded have missing data.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
package cloudwatch

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
)

// States of an alarm.
const (
	OK               = "OK"
	Alarm            = "ALARM"
	InsufficientData = "INSUFFICIENT_DATA"
)

// A Rule is an alarm of a template.
type Rule struct {
	Name              string            `json:"name"`
	Description       string            `json:"description"`
	Namespace         string            `json:"namespace"`
	Metric            string            `json:"metric"`
	Dimensions        map[string]string `json:"dimensions"`
	Statistic         string            `json:"statistic"` // Sum, Average, Minimum, Maximum or SampleCount
	Period            time.Duration     `json:"-"`
	EvaluationPeriods int               `json:"evaluation_periods"`
	DatapointsToAlarm int               `json:"-"` // 0 for EvaluationPeriods
	Threshold         float64           `json:"threshold"`
	Comparison        string            `json:"comparison"`   // as in the template, e.g. GreaterThanOrEqualToThreshold
	MissingData       string            `json:"missing_data"` // missing (default), notBreaching, breaching or ignore
}

// A Status is a rule with its state.
type Status struct {
	Rule
	State  string    `json:"state"`
	Since  time.Time `json:"since"` // of the state
	Value  *float64  `json:"value"` // of the period under way; null without data
	Reason string    `json:"reason"`
}

// kept is how long samples are kept: the longest evaluation supported.
const kept = 3 * time.Hour

// A Board holds samples and rules. It is safe for concurrent use.
type Board struct {
	now func() time.Time

	mu      sync.Mutex
	metrics map[string]map[int64]*bucket // by key, then by second
	states  []*state
}

// bucket sums up the samples of one second.
type bucket struct {
	count, sum, low, high float64
}

type state struct {
	rule  Rule
	name  string
	since time.Time
}

// New returns a board for the rules. Every alarm starts with INSUFFICIENT_DATA, as on AWS.
func New(rules []Rule, now func() time.Time) *Board {
	b := &Board{now: now, metrics: map[string]map[int64]*bucket{}}
	for _, r := range rules {
		b.states = append(b.states, &state{rule: r, name: InsufficientData, since: now()})
	}
	return b
}

// Record adds a sample of a metric. Metrics that no rule uses are dropped.
func (b *Board) Record(namespace, metric string, dimensions map[string]string, value float64) {
	name := key(namespace, metric, dimensions)
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.watched(name) {
		return
	}
	seconds := b.metrics[name]
	if seconds == nil {
		seconds = map[int64]*bucket{}
		b.metrics[name] = seconds
	}
	second := now.Unix()
	if seconds[second] == nil {
		seconds[second] = &bucket{low: value, high: value}
		forget(seconds, now.Add(-kept).Unix())
	}
	s := seconds[second]
	s.count++
	s.sum += value
	s.low, s.high = min(s.low, value), max(s.high, value)
}

func (b *Board) watched(name string) bool {
	for _, s := range b.states {
		if key(s.rule.Namespace, s.rule.Metric, s.rule.Dimensions) == name {
			return true
		}
	}
	return false
}

func forget(seconds map[int64]*bucket, before int64) {
	for second := range seconds {
		if second < before {
			delete(seconds, second)
		}
	}
}

// Statuses evaluates every rule now.
func (b *Board) Statuses() []Status {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	found := make([]Status, len(b.states))
	for i, s := range b.states {
		name, reason, value := b.evaluate(s, now)
		if name != s.name {
			s.name, s.since = name, now
		}
		found[i] = Status{Rule: s.rule, State: s.name, Since: s.since, Value: value, Reason: reason}
	}
	return found
}

// evaluate looks at the last periods. The current one counts too, so that a change shows at once.
func (b *Board) evaluate(s *state, now time.Time) (name, reason string, current *float64) {
	r := s.rule
	period := max(1, int64(r.Period/time.Second))
	needed := r.DatapointsToAlarm
	if needed == 0 {
		needed = r.EvaluationPeriods
	}
	seconds := b.metrics[key(r.Namespace, r.Metric, r.Dimensions)]
	breaching, missing := 0, 0
	for i := range int64(r.EvaluationPeriods) {
		end := now.Unix() - now.Unix()%period + period - i*period
		value, ok := statistic(seconds, end-period, end, r.Statistic)
		if ok && i == 0 {
			current = &value
		}
		switch {
		case ok && breaches(r, value):
			breaching++
		case !ok && r.MissingData == "breaching":
			breaching++
		case !ok:
			missing++
		}
	}
	reason = fmt.Sprintf("%d of the last %d periods breach, %d are needed", breaching, r.EvaluationPeriods, needed)
	switch {
	case breaching >= needed:
		return Alarm, reason, current
	case missing == r.EvaluationPeriods && r.MissingData == "ignore":
		return s.name, reason, current
	case missing == r.EvaluationPeriods && r.MissingData != "notBreaching":
		return InsufficientData, "no data", current
	default:
		return OK, reason, current
	}
}

// statistic sums up the seconds from (inclusive) to (exclusive).
func statistic(seconds map[int64]*bucket, from, to int64, name string) (float64, bool) {
	var all bucket
	for second := from; second < to; second++ {
		s := seconds[second]
		if s == nil {
			continue
		}
		if all.count == 0 {
			all.low, all.high = s.low, s.high
		}
		all.count += s.count
		all.sum += s.sum
		all.low, all.high = min(all.low, s.low), max(all.high, s.high)
	}
	if all.count == 0 {
		return 0, false
	}
	switch name {
	case "Sum":
		return all.sum, true
	case "Minimum":
		return all.low, true
	case "Maximum":
		return all.high, true
	case "SampleCount":
		return all.count, true
	default:
		return all.sum / all.count, true
	}
}

func breaches(r Rule, value float64) bool {
	switch r.Comparison {
	case "GreaterThanThreshold":
		return value > r.Threshold
	case "GreaterThanOrEqualToThreshold":
		return value >= r.Threshold
	case "LessThanThreshold":
		return value < r.Threshold
	case "LessThanOrEqualToThreshold":
		return value <= r.Threshold
	default: // anomaly bands are not evaluated
		return false
	}
}

// key identifies a metric with its dimensions.
func key(namespace, metric string, dimensions map[string]string) string {
	parts := make([]string, 0, len(dimensions))
	for name, value := range dimensions {
		parts = append(parts, name+"="+value)
	}
	sort.Strings(parts)
	return namespace + "|" + metric + "|" + strings.Join(parts, ",")
}
