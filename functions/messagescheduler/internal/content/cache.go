package content

import (
	"context"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

var _ delivery.Contents = (*Cache)(nil)

// maxCached bounds the bytes that a Cache keeps.
const maxCached = 32 << 20

// A Cache reads each object once for all its recipients: objects never change. It empties itself when it is full.
type Cache struct {
	Source delivery.Contents

	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]schedule.Content
	bytes  int
}

// Get returns an object. Concurrent callers share one read.
func (c *Cache) Get(ctx context.Context, object string) (schedule.Content, error) {
	c.mu.Lock()
	content, ok := c.kept[object]
	c.mu.Unlock()
	if ok {
		return content, nil
	}
	read, err, _ := c.flight.Do(object, func() (any, error) {
		content, err := c.Source.Get(ctx, object)
		if err == nil {
			c.keep(object, content)
		}
		return content, err
	})
	content, _ = read.(schedule.Content)
	return content, err
}

func (c *Cache) keep(object string, content schedule.Content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := len(content.Body) + len(content.Data) + len(object)
	if c.kept == nil || c.bytes+size > maxCached {
		c.kept, c.bytes = map[string]schedule.Content{}, 0
	}
	c.kept[object] = content
	c.bytes += size
}
