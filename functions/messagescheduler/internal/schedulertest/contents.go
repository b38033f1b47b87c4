package schedulertest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// Contents is the bucket in memory.
type Contents struct {
	Now  func() time.Time
	Fail func(method string) error

	mu       sync.Mutex
	objects  map[string]schedule.Content
	written  map[string]time.Time
	finished map[string]bool
}

var (
	_ schedule.Contents = (*Contents)(nil)
	_ expand.Contents   = (*Contents)(nil)
	_ dispatch.Objects  = (*Contents)(nil)
)

func (c *Contents) begin(method string) (func(), error) {
	if c.Fail != nil {
		if err := c.Fail(method); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	if c.objects == nil {
		c.objects, c.written, c.finished = map[string]schedule.Content{}, map[string]time.Time{}, map[string]bool{}
	}
	return ended(c.mu.Unlock, c.Fail, method), nil
}

// Put writes an object.
func (c *Contents) Put(_ context.Context, m schedule.Message, content schedule.Content) error {
	end, err := c.begin("Put")
	if err != nil {
		return err
	}
	defer end()
	c.objects[m.Object], c.written[m.Object] = content, c.Now()
	return nil
}

// Get reads an object.
func (c *Contents) Get(_ context.Context, object string) (schedule.Content, error) {
	end, err := c.begin("Get")
	if err != nil {
		return schedule.Content{}, err
	}
	defer end()
	content, found := c.objects[object]
	if !found {
		return content, schedule.ErrNoContent
	}
	return content, nil
}

// Finish marks an object as finished.
func (c *Contents) Finish(_ context.Context, m schedule.Message) error {
	end, err := c.begin("Finish")
	if err != nil {
		return err
	}
	defer end()
	c.finished[m.Object] = true
	return nil
}

// After lists objects.
func (c *Contents) After(_ context.Context, name string) ([]dispatch.Object, bool, error) {
	end, err := c.begin("After")
	if err != nil {
		return nil, false, err
	}
	defer end()
	var found []dispatch.Object
	for object := range c.objects {
		if object > name {
			found = append(found, dispatch.Object{Name: object, ModifiedAt: c.written[object]})
		}
	}
	slices.SortFunc(found, func(a, b dispatch.Object) int { return strings.Compare(a.Name, b.Name) })
	return found, false, nil
}

// Remove deletes an object.
func (c *Contents) Remove(_ context.Context, name string) error {
	end, err := c.begin("Remove")
	if err != nil {
		return err
	}
	defer end()
	delete(c.objects, name)
	return nil
}

// Names lists all objects.
func (c *Contents) Names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for name := range c.objects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Finished reports whether an object was marked as finished.
func (c *Contents) Finished(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finished[name]
}
