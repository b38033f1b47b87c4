package httpapi

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// sweepAbove is the number of entries above which a put removes old ones.
const sweepAbove = 1000

// cache keeps an authorizer's verdicts by the values of its identity sources, for all routes that use it. A nil cache
// keeps nothing.
type cache struct {
	ttl     time.Duration
	mu      sync.Mutex
	entries map[string]entry
	sweepAt int
}

type entry struct {
	verdict verdict
	until   time.Time
}

func newCache(ttl time.Duration) *cache {
	return &cache{ttl: ttl, entries: map[string]entry{}, sweepAt: sweepAbove}
}

// cacheKey writes lengths before values, so that one value cannot look like two.
func cacheKey(stage string, identity []string) string {
	var key strings.Builder
	for _, part := range append([]string{stage}, identity...) {
		key.WriteString(strconv.Itoa(len(part)))
		key.WriteByte(':')
		key.WriteString(part)
	}
	return key.String()
}

func (c *cache) get(key string, now time.Time) (verdict, bool) {
	if c == nil {
		return verdict{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	return e.verdict, found && now.Before(e.until)
}

func (c *cache) put(key string, v verdict, now time.Time) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= c.sweepAt {
		for k, e := range c.entries {
			if !now.Before(e.until) {
				delete(c.entries, k)
			}
		}
		c.sweepAt = max(sweepAbove, 2*len(c.entries))
	}
	c.entries[key] = entry{v, now.Add(c.ttl)}
}
