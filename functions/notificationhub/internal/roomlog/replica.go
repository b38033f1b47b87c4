package roomlog

import (
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

const (
	// maxEntries bounds what a replica remembers, whatever its depth.
	maxEntries = 200_000
	// fewEntries are not worth the trouble of being forgotten.
	fewEntries = 256
)

// A replica is what a worker knows of a room's log: its end.
type replica struct {
	mu sync.Mutex

	epoch   string
	last    int64         // the log's last number, as far as this worker knows
	entries []entry       // of the numbers last-len(entries)+1 to last
	since   time.Time     // every row written since is in entries; the zero time: no earlier one can be read
	fresh   time.Time     // when last was the room's; the zero time: nothing is known
	depth   time.Duration // how far back appends have looked
	full    bool          // as much was read or remembered as may be: what is before is not read
	hinted  int64         // the hint has come that far at least
	racing  int           // so many appends read first what another worker has appended meanwhile

	byRecord map[string]int64 // number by record
	byID     map[string]int64 // number by message id; of several, the last
}

// An entry is what a replica remembers of a message.
type entry struct {
	id, recordID string
	toUserID     string
	time         int64 // of the message, in milliseconds
	written      time.Time
	delivered    bool // by this worker
}

func (r *replica) known() bool { return !r.fresh.IsZero() }

// reset forgets everything but how far the hint has come.
func (r *replica) reset() {
	r.epoch, r.last, r.entries, r.since, r.fresh = "", 0, nil, time.Time{}, time.Time{}
	r.depth, r.full, r.racing = 0, false, 0
	r.byRecord, r.byID = map[string]int64{}, map[string]int64{}
}

func (r *replica) first() int64 { return r.last - int64(len(r.entries)) + 1 }

// at is the entry of a number, or nil if it is not known.
func (r *replica) at(seq int64) *entry {
	if i := seq - r.first(); i >= 0 && i < int64(len(r.entries)) {
		return &r.entries[i]
	}
	return nil
}

// append learns the row after the last.
func (r *replica) append(row Row) {
	r.entries = append(r.entries, entriesOf(row)...)
	r.epoch, r.last = row.Epoch, row.Last()
	for i, m := range row.Messages {
		r.byRecord[m.RecordID], r.byID[m.ID] = row.First+int64(i), row.First+int64(i)
	}
}

// prepend learns the rows before the first, the latest first.
func (r *replica) prepend(rows []Row) {
	var entries []entry
	for _, row := range slices.Backward(rows) {
		entries = append(entries, entriesOf(row)...)
	}
	r.entries = append(entries, r.entries...)
	for _, row := range rows {
		for i, m := range row.Messages {
			if _, later := r.byID[m.ID]; !later {
				r.byID[m.ID] = row.First + int64(i)
			}
			if _, later := r.byRecord[m.RecordID]; !later {
				r.byRecord[m.RecordID] = row.First + int64(i)
			}
		}
	}
}

func entriesOf(row Row) []entry {
	entries := make([]entry, len(row.Messages))
	for i, m := range row.Messages {
		entries[i] = entry{id: m.ID, recordID: m.RecordID, toUserID: m.ToUserID, time: m.Time, written: row.Time}
	}
	return entries
}

// trim forgets the older half of the entries if no append is expected to look so far back.
func (r *replica) trim(now time.Time) {
	cut := len(r.entries) / 2
	if len(r.entries) < fewEntries {
		return
	}
	tooMany := len(r.entries) > maxEntries
	if !tooMany && r.entries[cut].written.After(now.Add(-r.depth)) {
		return
	}
	r.full = tooMany
	first := r.first()
	for i, e := range r.entries[:cut] {
		forget(r.byRecord, e.recordID, first+int64(i))
		forget(r.byID, e.id, first+int64(i))
	}
	r.entries = append([]entry(nil), r.entries[cut:]...)
	// The row that was cut is not known whole.
	r.since = r.entries[0].written.Add(time.Millisecond)
}

func forget(numbers map[string]int64, key string, seq int64) {
	if numbers[key] == seq {
		delete(numbers, key)
	}
}

// find looks a message up. repeat says that it is the message of another record: of a publisher that sent it again.
func (r *replica) find(m hub.Message) (seq int64, repeat, found bool) {
	if seq, ok := r.byRecord[m.RecordID]; ok {
		return seq, false, true
	}
	seq, ok := r.byID[m.ID]
	if !ok {
		return 0, false, false
	}
	apart := time.Duration(m.Time-r.at(seq).time) * time.Millisecond
	return seq, true, apart.Abs() <= Window
}

// coverage is what a frame that begins with the number first may say of the numbers before it: those after `after` were
// addressed to single users, the last to each of them as private says.
func (r *replica) coverage(first int64) (after int64, private map[string]int64) {
	for seq := first - 1; ; seq-- {
		e := r.at(seq)
		if e == nil || e.toUserID == "" {
			return seq, private
		}
		if private == nil {
			private = map[string]int64{}
		}
		if _, later := private[e.toUserID]; !later {
			private[e.toUserID] = seq
		}
	}
}
