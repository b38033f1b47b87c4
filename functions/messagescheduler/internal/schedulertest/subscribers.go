package schedulertest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// Subscribers is the Subscribers table in memory.
type Subscribers struct {
	PageSize int // of Receiving; 0 gives all at once
	Fail     func(method string) error

	mu   sync.Mutex
	rows map[[2]string]subscribers.Subscriber
}

var (
	_ subscribers.Store  = (*Subscribers)(nil)
	_ expand.Subscribers = (*Subscribers)(nil)
)

func (p *Subscribers) begin(method string) (func(), error) {
	if p.Fail != nil {
		if err := p.Fail(method); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	if p.rows == nil {
		p.rows = map[[2]string]subscribers.Subscriber{}
	}
	return ended(p.mu.Unlock, p.Fail, method), nil
}

// Add adds a subscriber.
func (p *Subscribers) Add(_ context.Context, s subscribers.Subscriber) (subscribers.Subscriber, bool, error) {
	end, err := p.begin("Add")
	if err != nil {
		return s, false, err
	}
	defer end()
	id := [2]string{s.Group, s.ID}
	if kept, found := p.rows[id]; found {
		return kept, false, nil
	}
	p.rows[id] = s
	return s, true, nil
}

// Get returns a subscriber.
func (p *Subscribers) Get(_ context.Context, group, id string) (subscribers.Subscriber, bool, error) {
	end, err := p.begin("Get")
	if err != nil {
		return subscribers.Subscriber{}, false, err
	}
	defer end()
	s, found := p.rows[[2]string{group, id}]
	return s, found, nil
}

// SetStatus changes a subscriber's status.
func (p *Subscribers) SetStatus(_ context.Context, group, id, status string) (bool, error) {
	end, err := p.begin("SetStatus")
	if err != nil {
		return false, err
	}
	defer end()
	s, found := p.rows[[2]string{group, id}]
	if found {
		s.Status = status
		p.rows[[2]string{group, id}] = s
	}
	return found, nil
}

// Remove deletes a subscriber.
func (p *Subscribers) Remove(_ context.Context, group, id string) (bool, error) {
	end, err := p.begin("Remove")
	if err != nil {
		return false, err
	}
	defer end()
	_, found := p.rows[[2]string{group, id}]
	delete(p.rows, [2]string{group, id})
	return found, nil
}

// HasAny reports whether a group has a subscriber.
func (p *Subscribers) HasAny(ctx context.Context, group string) (bool, error) {
	page, _, err := p.List(ctx, group, "", 1)
	return len(page) > 0, err
}

// List returns a page.
func (p *Subscribers) List(_ context.Context, group, after string, limit int) ([]subscribers.Subscriber, string, error) {
	end, err := p.begin("List")
	if err != nil {
		return nil, "", err
	}
	defer end()
	var found []subscribers.Subscriber
	for _, s := range p.rows {
		if s.Group == group && s.ID > after {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b subscribers.Subscriber) int { return strings.Compare(a.ID, b.ID) })
	if len(found) > limit {
		return found[:limit], found[limit-1].ID, nil
	}
	return found, "", nil
}

// Receiving calls page with the recipients of a group's messages.
func (p *Subscribers) Receiving(ctx context.Context, group, after string, page func([]expand.Subscriber) error) error {
	size := p.PageSize
	if size == 0 {
		size = 1 << 30
	}
	for {
		read, next, err := p.List(ctx, group, after, size)
		if err != nil {
			return err
		}
		var part []expand.Subscriber
		for _, s := range read {
			if s.Receives() {
				part = append(part, expand.Subscriber{ID: s.ID, Email: s.Email, Name: s.Name, Suppressed: s.Suppressed()})
			}
		}
		if len(part) > 0 {
			if err := page(part); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}
