package roomlog

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

const (
	// maxRowBytes bounds a row's messages. DynamoDB takes 400 KB an item, names and numbers included.
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
	maxRowBytes = 360 * 1024
	// appendTries is how often an append starts over because another worker was faster.
	appendTries = 20
	// pauseBase and pauseCap bound the pauses between those tries, which are random so that workers do not collide again.
	pauseBase = 5 * time.Millisecond
	pauseCap  = 100 * time.Millisecond
	// maxReplicas is the number of rooms above which those are forgotten that were not used lately.
	maxReplicas = 1000
)

// wholePage is more rows than the 1 MB of a page of DynamoDB can hold, so that bytes bound the page.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
const wholePage = 10_000

// pages are the rows that are read at a time, backwards: most rooms need the first page only. To find repeats, a replica
// reads 4 MB more, and no further.
var pages = []int{16, 256, 1000, wholePage, wholePage, wholePage, wholePage}

// A Log appends to rooms. One serves all of a process's appends.
type Log struct {
	store    Store
	now      func() time.Time
	newEpoch func() string
	jitter   func(time.Duration) time.Duration
	sleep    func(context.Context, time.Duration) error

	mu       sync.Mutex
	replicas map[string]*replica
}

// Config is what a Log needs. Now and Sleep default to the wall clock, NewEpoch to 16 random hexadecimal digits, Jitter to a
// random part of a pause.
type Config struct {
	Store    Store
	Now      func() time.Time
	NewEpoch func() string
	Jitter   func(time.Duration) time.Duration
	Sleep    func(context.Context, time.Duration) error
}

// New makes a Log.
func New(c Config) *Log {
	if c.Now == nil {
		// Without the monotonic reading, which stands still while Lambda has frozen the process.
		c.Now = func() time.Time { return time.Now().Round(0) }
	}
	if c.NewEpoch == nil {
		c.NewEpoch = newEpoch
	}
	if c.Jitter == nil {
		c.Jitter = mathrand.N[time.Duration]
	}
	if c.Sleep == nil {
		c.Sleep = clock.System{}.Sleep
	}
	return &Log{store: c.Store, now: c.Now, newEpoch: c.NewEpoch, jitter: c.Jitter, sleep: c.Sleep, replicas: map[string]*replica{}}
}

func newEpoch() string {
	var b [8]byte
	rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return hex.EncodeToString(b[:])
}

// An Appended is what became of messages.
type Appended struct {
	// Runs are the messages that have to be delivered, in the order of their numbers: those that were new, and those of
	// redelivered records, unless Delivered was called for them.
	Runs []Run
	// Last is the position of the last message of the batch. It has to be handed to Hint before the records are done.
	Last hub.Position
	// Repeats is how many messages another record has brought already. It answers for them.
	Repeats int
}

// Append numbers and keeps those of a room's messages that its log does not have. When it fails, some may be kept; the
// same messages appended again get the same numbers.
func (l *Log) Append(ctx context.Context, roomID string, messages []hub.Message) (Appended, error) {
	r := l.replica(roomID)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := l.prepare(ctx, r, roomID, messages); err != nil {
		return Appended{}, err
	}
	for try := range appendTries {
		missing := r.missing(messages)
		if len(missing) == 0 {
			return r.appended(roomID, messages), nil
		}
		if err := l.pause(ctx, try); err != nil {
			return Appended{}, fmt.Errorf("roomlog: append to room %q: %w", roomID, err)
		}
		if err := l.put(ctx, r, roomID, missing); err != nil {
			return Appended{}, err
		}
	}
	return Appended{}, fmt.Errorf("roomlog: append to room %q: %w: %d tries", roomID, ErrContended, appendTries)
}

// pause precedes a try. The second one needs none: the first may have met one other worker, or its own write, whose answer was
// lost.
func (l *Log) pause(ctx context.Context, try int) error {
	if try < 2 {
		return nil
	}
	return l.sleep(ctx, l.jitter(min(pauseBase<<try, pauseCap)))
}

// put writes the next row, or learns those that stand there.
func (l *Log) put(ctx context.Context, r *replica, roomID string, messages []hub.Message) error {
	now := l.now()
	row := Row{RoomID: roomID, Epoch: r.epoch, First: r.last + 1, Time: now, Messages: number(messages, r.last+1)}
	err := l.store.Put(ctx, row)
	if errors.Is(err, ErrTaken) {
		return l.catchUp(ctx, r, roomID)
	}
	if err != nil {
		return fmt.Errorf("roomlog: append %d messages to room %q: %w", len(row.Messages), roomID, err)
	}
	r.append(row)
	r.trim(now)
	r.fresh = now
	return nil
}

// number gives as many messages as a row holds their numbers.
func number(messages []hub.Message, first int64) []hub.Message {
	size := 0
	for i, m := range messages {
		if size += m.EncodedBound(); size > maxRowBytes && i > 0 {
			messages = messages[:i]
			break
		}
	}
	numbered := slices.Clone(messages)
	for i := range numbered {
		numbered[i].Seq = first + int64(i)
	}
	return numbered
}

// Delivered notes that this worker has delivered the run: redelivered records of it need not be delivered again.
func (l *Log) Delivered(run Run) {
	r := l.replica(run.RoomID)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range run.Messages {
		if e := r.at(m.Seq); e != nil && e.recordID == m.RecordID {
			e.delivered = true
		}
	}
}

// Hint writes down how far the room has come, for the time when all its rows are gone.
func (l *Log) Hint(ctx context.Context, roomID string, position hub.Position) error {
	r := l.replica(roomID)
	r.mu.Lock()
	done := r.hinted >= position.Seq
	r.mu.Unlock()
	if done {
		return nil
	}
	if err := l.store.SetHint(ctx, roomID, position); err != nil {
		return fmt.Errorf("roomlog: hint of room %q: %w", roomID, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hinted = max(r.hinted, position.Seq)
	return nil
}

func (l *Log) replica(roomID string) *replica {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.replicas[roomID]
	if r == nil {
		l.sweep()
		r = &replica{}
		r.reset()
		l.replicas[roomID] = r
	}
	return r
}

// sweep forgets rooms that were not used lately, if there are many.
func (l *Log) sweep() {
	if len(l.replicas) < maxReplicas {
		return
	}
	now := l.now()
	for id, r := range l.replicas {
		if r.mu.TryLock() {
			if now.Sub(r.fresh) > staleAfter {
				delete(l.replicas, id)
			}
			r.mu.Unlock()
		}
	}
}

// missing are the messages that the replica does not know, each id once.
func (r *replica) missing(messages []hub.Message) []hub.Message {
	var missing []hub.Message
	seen := map[string]bool{}
	for _, m := range messages {
		if _, _, found := r.find(m); found || seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		missing = append(missing, m)
	}
	return missing
}

// appended says what became of messages, all of which the replica knows.
func (r *replica) appended(roomID string, messages []hub.Message) Appended {
	var out Appended
	var due []hub.Message
	for _, m := range messages {
		seq, repeat, _ := r.find(m)
		if repeat {
			out.Repeats++
			continue
		}
		out.Last = hub.Position{Epoch: r.epoch, Seq: max(out.Last.Seq, seq)}
		if m.Seq = seq; !r.at(seq).delivered {
			due = append(due, m)
		}
	}
	slices.SortFunc(due, func(a, b hub.Message) int { return int(a.Seq - b.Seq) })
	due = slices.CompactFunc(due, func(a, b hub.Message) bool { return a.Seq == b.Seq })
	for len(due) > 0 {
		n, size := 1, due[0].EncodedBound()
		for n < len(due) && due[n].Seq == due[n-1].Seq+1 {
			if size += due[n].EncodedBound(); size > maxRowBytes {
				break
			}
			n++
		}
		run := Run{RoomID: roomID, Epoch: r.epoch, Messages: due[:n:n]}
		run.after, run.private = r.coverage(run.First())
		out.Runs = append(out.Runs, run)
		due = due[n:]
	}
	return out
}
