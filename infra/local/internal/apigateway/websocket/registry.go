package websocket

import (
	"hash/maphash"
	"sync"
)

const shards = 64

// registry finds open connections. The zero value is empty. It is sharded, so that posts to different connections rarely
// contend.
type registry struct {
	once  sync.Once
	seed  maphash.Seed
	parts [shards]struct {
		mu   sync.RWMutex
		byID map[string]*connection
	}
}

func (r *registry) shard(id string) int {
	r.once.Do(func() { r.seed = maphash.MakeSeed() })
	return int(maphash.String(r.seed, id) % shards)
}

func (r *registry) add(c *connection) {
	p := &r.parts[r.shard(c.connectionID)]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID == nil {
		p.byID = map[string]*connection{}
	}
	p.byID[c.connectionID] = c
}

func (r *registry) remove(c *connection) {
	p := &r.parts[r.shard(c.connectionID)]
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.byID, c.connectionID)
}

// get returns nil for an unknown id.
func (r *registry) get(id string) *connection {
	p := &r.parts[r.shard(id)]
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.byID[id]
}

func (r *registry) len() int {
	n := 0
	for i := range r.parts {
		p := &r.parts[i]
		p.mu.RLock()
		n += len(p.byID)
		p.mu.RUnlock()
	}
	return n
}

// all returns a copy, so that the caller may close the connections.
func (r *registry) all() []*connection {
	var all []*connection
	for i := range r.parts {
		p := &r.parts[i]
		p.mu.RLock()
		for _, c := range p.byID {
			all = append(all, c)
		}
		p.mu.RUnlock()
	}
	return all
}
