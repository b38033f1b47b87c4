package schedulertest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// Messages is the Schedule table in memory.
type Messages struct {
	Shards int
	// Fail, if set, is called before each call with the method's name, and after it with the name and " done".
	Fail func(method string) error

	mu    sync.Mutex
	rows  map[[2]string]schedule.Message
	state *dispatch.State
}

var (
	_ schedule.Messages = (*Messages)(nil)
	_ dispatch.Index    = (*Messages)(nil)
	_ dispatch.Progress = (*Messages)(nil)
	_ dispatch.Pointers = (*Messages)(nil)
)

func (m *Messages) begin(method string) (func(), error) {
	if m.Fail != nil {
		if err := m.Fail(method); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	if m.rows == nil {
		m.rows = map[[2]string]schedule.Message{}
	}
	return ended(m.mu.Unlock, m.Fail, method), nil
}

// Create adds a message.
func (m *Messages) Create(_ context.Context, one schedule.Message) error {
	end, err := m.begin("Create")
	if err != nil {
		return err
	}
	defer end()
	id := [2]string{one.Group, one.Key}
	if _, found := m.rows[id]; found {
		return schedule.ErrExists
	}
	m.rows[id] = one
	return nil
}

// Get returns a message.
func (m *Messages) Get(_ context.Context, group, key string) (schedule.Message, bool, error) {
	end, err := m.begin("Get")
	if err != nil {
		return schedule.Message{}, false, err
	}
	defer end()
	one, found := m.rows[[2]string{group, key}]
	return one, found, nil
}

// Update replaces a message.
func (m *Messages) Update(_ context.Context, one schedule.Message, seen int64) error {
	end, err := m.begin("Update")
	if err != nil {
		return err
	}
	defer end()
	id := [2]string{one.Group, one.Key}
	if kept, found := m.rows[id]; !found || kept.Revision != seen {
		return schedule.ErrConflict
	}
	m.rows[id] = one
	return nil
}

// List returns a page by due time.
func (m *Messages) List(_ context.Context, f schedule.Filter) (schedule.Page, error) {
	end, err := m.begin("List")
	if err != nil {
		return schedule.Page{}, err
	}
	defer end()
	var found []schedule.Message
	for _, one := range m.rows {
		if one.Group == f.Group && (f.Status == "" || one.Status == f.Status) && !one.Due.Before(f.From) && (f.To.IsZero() || one.Due.Before(f.To)) {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b schedule.Message) int { return strings.Compare(position(a), position(b)) })
	if f.After != "" {
		found = slices.DeleteFunc(found, func(one schedule.Message) bool { return position(one) <= f.After })
	}
	if len(found) > f.Limit {
		return schedule.Page{Messages: found[:f.Limit], Next: position(found[f.Limit-1])}, nil
	}
	return schedule.Page{Messages: found}, nil
}

func position(m schedule.Message) string {
	return strconv.FormatInt(m.Due.UnixMilli(), 10) + "." + m.Key
}

// Waiting returns the waiting messages of one minute, all of them in shard 0.
func (m *Messages) Waiting(_ context.Context, minute time.Time, shard int, from, to time.Time) ([]schedule.Due, error) {
	end, err := m.begin("Waiting")
	if err != nil {
		return nil, err
	}
	defer end()
	var found []schedule.Due
	for _, one := range m.rows {
		inMinute := one.DispatchAt.Truncate(time.Minute).Equal(minute)
		if shard == 0 && !one.DispatchAt.IsZero() && inMinute && !one.Due.Before(from) && one.Due.Before(to) {
			found = append(found, schedule.DueOf(one))
		}
	}
	slices.SortFunc(found, func(a, b schedule.Due) int {
		return strings.Compare(fmt.Sprint(a.Due, a.Key), fmt.Sprint(b.Due, b.Key))
	})
	return found, nil
}

// Pointed returns the objects of messages.
func (m *Messages) Pointed(_ context.Context, messages [][2]string) (map[[2]string]string, error) {
	end, err := m.begin("Pointed")
	if err != nil {
		return nil, err
	}
	defer end()
	objects := map[[2]string]string{}
	for _, id := range messages {
		if one, found := m.rows[id]; found {
			objects[id] = one.Object
		}
	}
	return objects, nil
}

// Load returns the dispatcher's progress.
func (m *Messages) Load(context.Context) (dispatch.State, bool, error) {
	end, err := m.begin("Load")
	if err != nil {
		return dispatch.State{}, false, err
	}
	defer end()
	if m.state == nil {
		return dispatch.State{}, false, nil
	}
	return *m.state, true, nil
}

// Save stores the dispatcher's progress.
func (m *Messages) Save(_ context.Context, state dispatch.State) error {
	end, err := m.begin("Save")
	if err != nil {
		return err
	}
	defer end()
	m.state = &state
	return nil
}
