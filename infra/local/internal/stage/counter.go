package stage

import (
	"maps"
	"sync"
)

// A counter counts by name. Its zero value is ready; it is safe for concurrent use.
type counter struct {
	mu     sync.Mutex
	byName map[string]int
}

func (c *counter) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string]int{}
	}
	c.byName[name]++
}

// counts returns the counts by name, never nil.
func (c *counter) counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		return map[string]int{}
	}
	return maps.Clone(c.byName)
}
