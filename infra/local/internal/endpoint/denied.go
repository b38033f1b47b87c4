package endpoint

import (
	"sync"
	"time"
)

const keptDenials = 1000

// A Denial is a call that was denied.
type Denial struct {
	Time     time.Time `json:"time"`
	Function string    `json:"function,omitempty"`
	Role     string    `json:"role,omitempty"`
	Caller   string    `json:"caller"` // ARN
	Action   string    `json:"action"`
	Resource string    `json:"resource"`
	Explicit bool      `json:"explicit"` // by a Deny statement
	Reason   string    `json:"reason"`   // as in the error
}

// A ring keeps the last denials.
type ring struct {
	mu    sync.Mutex
	items []Denial
	next  int
	total int64
}

func newRing(size int) *ring { return &ring{items: make([]Denial, 0, size)} }

func (r *ring) add(d Denial) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	if len(r.items) < cap(r.items) {
		r.items = append(r.items, d)
		return
	}
	r.items[r.next] = d
	r.next = (r.next + 1) % len(r.items)
}

// list returns the kept denials, oldest first, and the number of all.
func (r *ring) list() ([]Denial, int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append(make([]Denial, 0, len(r.items)), r.items[r.next:]...), r.items[:r.next]...), r.total
}

func (r *ring) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items, r.next, r.total = r.items[:0], 0, 0
}

// Denied returns the last denied calls, oldest first: at most 1,000.
func (f *Front) Denied() []Denial {
	list, _ := f.denied.list()
	return list
}
