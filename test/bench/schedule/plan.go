package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A plan is what is scheduled, and so what must arrive.
type plan struct {
	group   string // also how each subject begins
	emails  []string
	due     []time.Time // by number of the message
	started time.Time
}

func newPlan(o options) *plan {
	p := &plan{group: fmt.Sprintf("bench-%08x", rand.Uint32()), started: time.Now()}
	for i := range o.subscribers {
		p.emails = append(p.emails, fmt.Sprintf("%s-%d@example.com", p.group, i))
	}
	first := p.started.Add(o.in)
	for i := range o.messages {
		p.due = append(p.due, first.Add(o.within*time.Duration(i)/time.Duration(o.messages)).Truncate(time.Millisecond))
	}
	return p
}

func (p *plan) last() time.Time { return p.due[len(p.due)-1] }

func (p *plan) mails() int { return len(p.due) * len(p.emails) }

func (p *plan) subject(n int) string { return fmt.Sprintf("%s %d", p.group, n) }

// number is the message that a subject belongs to; false if it is not one of this plan.
func (p *plan) number(subject string) (int, bool) {
	text, ours := strings.CutPrefix(subject, p.group+" ")
	n, err := strconv.Atoi(text)
	return n, ours && err == nil && n >= 0 && n < len(p.due)
}
