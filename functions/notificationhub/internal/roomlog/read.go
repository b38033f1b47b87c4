package roomlog

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// raceReads is how many reads in a row must find nothing new until an append trusts again that nobody else appends to the
// room. With two workers that share a room, half of the reads find something.
const raceReads = 4

// prepare brings the replica to where messages can be appended: it knows the log's end, back to when the oldest of the
// messages was published, and by Window further.
func (l *Log) prepare(ctx context.Context, r *replica, roomID string, messages []hub.Message) error {
	oldest := int64(math.MaxInt64)
	for _, m := range messages {
		oldest = min(oldest, m.Time)
	}
	need := time.UnixMilli(oldest).Add(-Window - skew)
	now := l.now()
	if r.known() && now.Sub(r.fresh) > staleAfter {
		r.reset()
	}
	switch {
	case !r.known():
		return l.load(ctx, r, roomID, need)
	case r.racing > 0:
		// A read costs a fifth of a write that fails.
		r.racing--
		if err := l.catchUp(ctx, r, roomID); err != nil {
			return err
		}
	}
	r.depth = max(r.depth, now.Sub(need))
	if r.since.After(need) && !r.full {
		return l.readBack(ctx, r, roomID, need, true, pages)
	}
	return nil
}

// load makes a replica of a room that this worker has not served lately.
func (l *Log) load(ctx context.Context, r *replica, roomID string, need time.Time) error {
	now := l.now()
	end, err := readTail(ctx, l.store, roomID, now, pages[0])
	if err != nil {
		return err
	}
	r.reset()
	r.epoch, r.last = end.position.Epoch, end.position.Seq
	if r.epoch == "" {
		r.epoch = l.newEpoch()
	}
	r.learnBack(end.rows)
	if err := l.readBack(ctx, r, roomID, need, end.more, pages[1:]); err != nil {
		return err
	}
	r.fresh, r.depth = now, now.Sub(need)
	return nil
}

// readBack reads rows before those that are known, until one was written before need or the limits are used up.
func (l *Log) readBack(ctx context.Context, r *replica, roomID string, need time.Time, more bool, limits []int) error {
	for _, limit := range limits {
		if !more || r.reaches(need) {
			break
		}
		rows, before, err := l.store.Until(ctx, roomID, r.first()-1, limit)
		if err != nil {
			return fmt.Errorf("roomlog: read room %q before %d: %w", roomID, r.first(), err)
		}
		more = r.learnBack(rows) && before
	}
	switch {
	case !more:
		r.since = time.Time{}
	case r.reaches(need):
		r.since = need
	default:
		r.since, r.full = r.entries[0].written.Add(time.Millisecond), true
	}
	return nil
}

// reaches says whether the replica knows a row that was written before need, and so all that were written since.
func (r *replica) reaches(need time.Time) bool {
	return len(r.entries) > 0 && r.entries[0].written.Before(need)
}

// learnBack learns rows before the first, the latest first. It says whether they continue each other: a row that is
// missing in between has expired, and so have those before it.
func (r *replica) learnBack(rows []Row) bool {
	first := r.first()
	for i, row := range rows {
		if row.Last()+1 != first || row.Epoch != r.epoch {
			r.prepend(rows[:i])
			return false
		}
		first = row.First
	}
	r.prepend(rows)
	return true
}

// catchUp learns the rows that other workers have written.
func (l *Log) catchUp(ctx context.Context, r *replica, roomID string) error {
	for more := true; more; {
		now := l.now()
		rows, rest, err := l.store.Since(ctx, roomID, r.last+1, pages[1])
		if err != nil {
			return fmt.Errorf("roomlog: read room %q since %d: %w", roomID, r.last+1, err)
		}
		for _, row := range rows {
			if !r.continues(row) {
				r.reset()
				return fmt.Errorf("roomlog: room %q: %w: number %d of epoch %q is not the next", roomID, ErrBroken, row.First, row.Epoch)
			}
			r.append(row)
		}
		if len(rows) > 0 {
			r.racing = raceReads
		}
		r.fresh, more = now, rest
	}
	return nil
}

// continues says whether row comes next. The epoch of a room without any number yet is what its first row says.
func (r *replica) continues(row Row) bool {
	return row.First == r.last+1 && (row.Epoch == r.epoch || r.last == 0)
}
