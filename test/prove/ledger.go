package main

import (
	"sync"
	"time"
)

// A ledger keeps what was published and what was received while a scenario runs.
type ledger struct {
	mu           sync.Mutex
	publications []publication
	journals     []*journal
	received     int
}

// offer numbers a new publication.
func (l *ledger) offer(room, to string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publications = append(l.publications, publication{room: room, to: to, at: time.Now()})
	return len(l.publications) - 1
}

// accept notes that the hub has taken a publication.
func (l *ledger) accept(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publications[n].accepted = true
}

// open begins the journal of a receiver. It is owed what is offered from now on.
func (l *ledger) open(j *journal) *journal {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.journals = append(l.journals, j)
	return j
}

// arrived notes that a receiver is ready. What was offered before, it may have or not.
func (l *ledger) arrived(j *journal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.from = len(l.publications)
}

func (l *ledger) receive(j *journal, m message, again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.receipts = append(j.receipts, receipt{n: numberIn(m.Data), seq: m.Seq, again: again, at: time.Now()})
	l.received++
}

func (l *ledger) reset(j *journal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.resets = append(j.resets, len(j.receipts))
}

func (l *ledger) complain(j *journal, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.complaints = append(j.complaints, text)
}

func (l *ledger) stands(j *journal, at int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.position = at
}

// has says how many different messages a receiver was shown.
func (l *ledger) has(j *journal) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	different := map[int]bool{}
	for _, r := range j.receipts {
		different[r.n] = true
	}
	return len(different)
}

// bury notes what lies in dead-letter queues.
func (l *ledger) bury(bodies []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, body := range bodies {
		for _, found := range numbered.FindAllString(body, -1) {
			if n := numberIn([]byte(found)); n < len(l.publications) {
				l.publications[n].dead = true
			}
		}
	}
}

// judge judges what is known by now, and says how many receipts there are.
func (l *ledger) judge() (*verdict, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return judge(l.publications, l.journals), l.received
}
