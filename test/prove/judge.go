package main

import (
	"fmt"
	"slices"
	"time"
)

// A publication is a message that was offered to the hub. Its number is its index, and stands in its data.
type publication struct {
	room     string
	to       string // the only user who may see it; "" is everybody
	at       time.Time
	accepted bool // the hub has said so; otherwise it may arrive or not
	dead     bool // it lies in a dead-letter queue
}

// A receipt is a message that a receiver got.
type receipt struct {
	n     int // of the publication
	seq   int64
	again bool // the receiver knew it and kept it from its application
	at    time.Time
}

// A journal is what one receiver got, in order.
type journal struct {
	kind, name, user, room string

	// What it is held to. A classic client cannot recover what it missed while it was away.
	complete, once, ordered bool
	// mayReset is how many resets are justified.
	mayReset int

	excused []int // publications that cannot be had any more: a reset has to say so

	from       int // publications with a lower number were offered before it was there
	receipts   []receipt
	resets     []int // lengths of receipts when history could not be completed
	position   int64 // at the end
	complaints []string
}

// The kinds of violations, in the order of the table.
const (
	lost       = "lost"
	twice      = "twice"
	disordered = "disorder"
	gap        = "gap"      // the position stands before what has come
	reset      = "reset"    // said although nothing was missing
	renumbered = "renumber" // one message under two numbers
	other      = "other"    // for somebody else, never published, or against the protocol
	late       = "late"     // decides with -strict only
)

var violationKinds = []string{lost, twice, disordered, gap, reset, renumbered, other, late}

type violation struct{ kind, client, text string }

// A verdict is what a history amounts to.
type verdict struct {
	attempts   map[string]int // deliveries owed, by kind of client
	delays     map[string][]time.Duration
	violations []violation
	dead       int
	repeats    int // frames that a receiver had to drop
	remark     string
}

func (v *verdict) count(client, kind string) (n int) {
	for _, each := range v.violations {
		if each.client == client && each.kind == kind {
			n++
		}
	}
	return n
}

// has says whether any violation is of one of the kinds.
func (v *verdict) has(kinds ...string) bool {
	return slices.ContainsFunc(v.violations, func(each violation) bool { return slices.Contains(kinds, each.kind) })
}

func (v *verdict) add(j *journal, kind, format string, values ...any) {
	v.violations = append(v.violations, violation{kind, j.kind, j.name + ": " + fmt.Sprintf(format, values...)})
}

// judge compares what was published with what was received.
func judge(publications []publication, journals []*journal) *verdict {
	v := &verdict{attempts: map[string]int{}, delays: map[string][]time.Duration{}}
	for _, p := range publications {
		if p.dead {
			v.dead++
		}
	}
	numbers := make([]int64, len(publications)) // the seq under which each publication was seen first
	for _, j := range journals {
		v.judgeReceipts(publications, j, numbers)
	}
	tails := map[string]int64{} // the seq of the last public message, by room
	for n, p := range publications {
		if p.to == "" && numbers[n] > 0 {
			tails[p.room] = numbers[n]
		}
	}
	for _, j := range journals {
		v.judgeJournal(publications, j, tails[j.room])
	}
	return v
}

func (v *verdict) judgeReceipts(publications []publication, j *journal, numbers []int64) {
	for _, r := range j.receipts {
		switch {
		case r.n < 0 || r.n >= len(publications) || publications[r.n].room != j.room:
			v.add(j, other, "message %d was not published in room %s", r.n, j.room)
			continue
		case publications[r.n].to != "" && publications[r.n].to != j.user:
			v.add(j, other, "message %d was for %s", r.n, publications[r.n].to)
		case r.seq == 0: // a mail
		case numbers[r.n] == 0:
			numbers[r.n] = r.seq
		case numbers[r.n] != r.seq:
			v.add(j, renumbered, "message %d came as %d and as %d", r.n, numbers[r.n], r.seq)
		}
		if r.again {
			v.repeats++
		}
	}
}

func (v *verdict) judgeJournal(publications []publication, j *journal, tail int64) {
	shown := make([]int, len(publications))
	var before int64
	for i, r := range j.receipts {
		if r.again || r.n < 0 || r.n >= len(publications) {
			continue
		}
		if shown[r.n]++; shown[r.n] == 1 {
			v.delays[j.kind] = append(v.delays[j.kind], r.at.Sub(publications[r.n].at))
		} else if j.once && !j.redelivered(r) {
			v.add(j, twice, "message %d (seq %d) was shown %d times", r.n, r.seq, shown[r.n])
		}
		if slices.Contains(j.resets, i) {
			before = 0 // numbers may start over
		}
		if j.ordered && r.seq < before {
			v.add(j, disordered, "message %d (seq %d) was shown after seq %d", r.n, r.seq, before)
		}
		before = max(before, r.seq)
	}
	for n, p := range publications {
		if n < j.from || !p.accepted || p.room != j.room || p.to != "" && p.to != j.user {
			continue
		}
		v.attempts[j.kind]++
		if shown[n] == 0 && !p.dead && j.complete && !(len(j.resets) > 0 && slices.Contains(j.excused, n)) {
			v.add(j, lost, "message %d", n)
		}
	}
	if j.complete && j.position < tail {
		v.add(j, gap, "its position is %d, the room is at %d", j.position, tail)
	}
	for i := j.mayReset; i < len(j.resets); i++ {
		v.add(j, reset, "after %d messages", j.resets[i])
	}
	for _, text := range j.complaints {
		v.add(j, other, "%s", text)
	}
}

// Messages are late after these times: many times what is usual, and beyond that the backlog of the faults.
const (
	lateIfCalm  = 15 * time.Second
	lateIfFails = 3 * time.Minute
)

// judgeDelays finds the messages that were shown later than that after they were published.
func (v *verdict) judgeDelays(most time.Duration) {
	for client, delays := range v.delays {
		for _, delay := range delays {
			if delay > most {
				v.violations = append(v.violations, violation{late, client, fmt.Sprintf("%s: shown after %v, not within %v", client, short(delay), most)})
			}
		}
	}
}

// redeliveredAfter is how soon a record can come again that its worker was too slow for. What repeats sooner is repeated by
// mistake.
const redeliveredAfter = time.Second

// redelivered says whether a repeat is the same frame again because a record was: clients that know numbers drop it, and
// classic ones, which do not, are promised each message at least once. A machine that is too busy does that, and is no
// violation.
func (j *journal) redelivered(again receipt) bool {
	first := j.receipts[slices.IndexFunc(j.receipts, func(r receipt) bool { return r.n == again.n })]
	return j.kind == kindClassic && first.seq == again.seq && again.at.Sub(first.at) >= redeliveredAfter
}

// quantile of durations that it sorts.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
