package main

import (
	"fmt"
	"slices"
	"time"
)

// A tally is what has arrived.
type tally struct {
	plan        *plan
	arrivals    map[arrival]int
	late        []time.Duration
	first, last time.Time
}

// An arrival is a message at a recipient.
type arrival struct {
	number int
	to     string
}

func newTally(p *plan) *tally { return &tally{plan: p, arrivals: make(map[arrival]int, p.mails())} }

// add counts a mail; those of others in the outbox are left out, and of one that comes twice the first is timed.
func (t *tally) add(m mail) {
	n, ours := t.plan.number(m.Subject)
	if !ours {
		return
	}
	for _, to := range m.To {
		a := arrival{n, to}
		t.arrivals[a]++
		if t.arrivals[a] > 1 {
			continue
		}
		t.late = append(t.late, m.Time.Sub(t.plan.due[n]))
		if t.first.IsZero() || m.Time.Before(t.first) {
			t.first = m.Time
		}
		if m.Time.After(t.last) {
			t.last = m.Time
		}
	}
}

func (t *tally) missing() int { return t.plan.mails() - len(t.arrivals) }

// doubled is how many mails came although the same one was there.
func (t *tally) doubled() (n int) {
	for _, times := range t.arrivals {
		n += times - 1
	}
	return n
}

func (t *tally) fault() error {
	if t.missing() > 0 || t.doubled() > 0 {
		return fmt.Errorf("%d mails are missing, %d came twice", t.missing(), t.doubled())
	}
	return nil
}

func (t *tally) report() {
	report("mails", "%d sent of %d, %d missing, %d doubled", len(t.arrivals), t.plan.mails(), t.missing(), t.doubled())
	if len(t.late) == 0 {
		return
	}
	slices.Sort(t.late)
	at := func(share float64) time.Duration {
		return t.late[min(len(t.late)-1, int(share*float64(len(t.late))))].Round(time.Millisecond)
	}
	report("lateness", "p50 %v, p99 %v, longest %v, shortest %v", at(0.5), at(0.99), at(1), at(0))
	took := t.last.Sub(t.first).Seconds()
	due := t.plan.last().Sub(t.plan.due[0]).Seconds()
	report("rate", "%.0f mails a second for %.1f s (due within %.1f s)", float64(len(t.late))/max(took, 0.001), took, due)
}
