package schedulertest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// Deliveries is the Deliveries table in memory.
type Deliveries struct {
	Now  func() time.Time
	Fail func(method string) error

	mu   sync.Mutex
	rows map[delivery.ID]record
}

type record struct {
	delivery.Outcome
	claimedAt, at time.Time
	attempts      int
	bounced       bool
}

var (
	_ delivery.Records       = (*Deliveries)(nil)
	_ delivery.BounceRecords = (*Deliveries)(nil)
	_ expand.Records         = (*Deliveries)(nil)
	_ schedule.Results       = (*Deliveries)(nil)
)

func (d *Deliveries) begin(method string) (func(), error) {
	if d.Fail != nil {
		if err := d.Fail(method); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	if d.rows == nil {
		d.rows = map[delivery.ID]record{}
	}
	return ended(d.mu.Unlock, d.Fail, method), nil
}

// Claim claims a record.
func (d *Deliveries) Claim(_ context.Context, id delivery.ID, now time.Time, lease time.Duration) (delivery.Claim, error) {
	end, err := d.begin("Claim")
	if err != nil {
		return delivery.Busy, err
	}
	defer end()
	r, found := d.rows[id]
	switch {
	case found && (r.Status == delivery.StatusSent || r.Status == delivery.StatusSuppressed || r.bounced):
		return delivery.Done, nil
	case found && r.Status == delivery.StatusSending && r.claimedAt.After(now.Add(-lease)):
		return delivery.Busy, nil
	}
	r.Status, r.claimedAt, r.at = delivery.StatusSending, now, now
	r.attempts++
	d.rows[id] = r
	return delivery.Claimed, nil
}

// Settle writes an outcome.
func (d *Deliveries) Settle(_ context.Context, id delivery.ID, o delivery.Outcome, now time.Time) error {
	end, err := d.begin("Settle")
	if err != nil {
		return err
	}
	defer end()
	r := d.rows[id]
	if r.Status == delivery.StatusSent || r.Status == delivery.StatusSuppressed || r.bounced {
		return nil
	}
	r.Outcome, r.at = o, now
	d.rows[id] = r
	return nil
}

// Bounce records a bounce.
func (d *Deliveries) Bounce(_ context.Context, id delivery.ID, reason string, now time.Time) error {
	end, err := d.begin("Bounce")
	if err != nil {
		return err
	}
	defer end()
	r := d.rows[id]
	r.Outcome, r.at, r.bounced = delivery.Outcome{Status: delivery.StatusFailed, Reason: reason}, now, true
	d.rows[id] = r
	return nil
}

// Suppress records a suppressed subscriber.
func (d *Deliveries) Suppress(ctx context.Context, id delivery.ID, reason string) error {
	return d.Settle(ctx, id, delivery.Outcome{Status: delivery.StatusSuppressed, Reason: reason}, d.Now())
}

// Results returns a page of an occurrence's results.
func (d *Deliveries) Results(_ context.Context, group, key string, due time.Time, after string, limit int) ([]schedule.Result, string, error) {
	end, err := d.begin("Results")
	if err != nil {
		return nil, "", err
	}
	defer end()
	var found []schedule.Result
	for id, r := range d.rows {
		if id.Group == group && id.Key == key && id.Due == due.UnixMilli() && id.Subscriber > after {
			found = append(found, schedule.Result{
				Subscriber: id.Subscriber, Due: due, Status: r.Status, Reason: r.Reason, MessageID: r.MessageID, Attempts: r.attempts,
				At: r.at.UTC().Truncate(time.Millisecond),
			})
		}
	}
	slices.SortFunc(found, func(a, b schedule.Result) int { return strings.Compare(a.Subscriber, b.Subscriber) })
	if len(found) > limit {
		return found[:limit], found[limit-1].Subscriber, nil
	}
	return found, "", nil
}
