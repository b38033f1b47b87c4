package lambda

import (
	"slices"
	"sync"
	"time"
)

// A pool keeps the instances: the idle ones, which are frozen, and the number of all.
type pool struct {
	mu       sync.Mutex
	all      map[*instance]struct{} // without those that are starting
	idle     map[string][]*instance // by function; the last one was used last
	live     int                    // with those that are starting
	liveOf   map[string]int
	waiters  []*waiter // first come, first served
	max      int       // 0: no bound
	maxPerFn int       // 0: no bound
	stopped  bool
	destroys sync.WaitGroup // of instances that end
}

// A waiter waits for an instance, or for the right to start one (nil).
type waiter struct {
	entry *entry
	given chan *instance
}

func newPool(max, maxPerFunction int) *pool {
	return &pool{all: map[*instance]struct{}{}, idle: map[string][]*instance{}, liveOf: map[string]int{}, max: max, maxPerFn: maxPerFunction}
}

// acquire returns an idle instance of the function, or nil, which is the right to start one. It waits when there is no room,
// and fails with ErrStopped.
func (p *pool) acquire(e *entry) (*instance, error) {
	p.mu.Lock()
	if p.stopped {
		p.mu.Unlock()
		return nil, ErrStopped
	}
	if i := p.popIdle(e); i != nil {
		p.mu.Unlock()
		return i, nil
	}
	if p.makeRoom(e.function.Name) {
		p.mu.Unlock()
		return nil, nil
	}
	w := &waiter{entry: e, given: make(chan *instance, 1)}
	p.waiters = append(p.waiters, w)
	p.mu.Unlock()
	i, open := <-w.given
	if !open {
		return nil, ErrStopped
	}
	return i, nil
}

// popIdle takes the most recently used instance. Those of an older registration, and those that died, are destroyed.
func (p *pool) popIdle(e *entry) *instance {
	name := e.function.Name
	for len(p.idle[name]) > 0 {
		last := len(p.idle[name]) - 1
		i := p.idle[name][last]
		p.idle[name] = p.idle[name][:last]
		if i.entry == e && i.alive() {
			return i
		}
		p.discard(i)
	}
	return nil
}

// makeRoom counts a new instance if the bounds allow one, ending an idle instance of another function if it must.
func (p *pool) makeRoom(function string) bool {
	if p.maxPerFn > 0 && p.liveOf[function] >= p.maxPerFn {
		return false
	}
	if p.max > 0 && p.live >= p.max {
		victim := p.longestIdle()
		if victim == nil {
			return false
		}
		p.removeIdle(victim)
		p.discard(victim)
	}
	p.live++
	p.liveOf[function]++
	return true
}

func (p *pool) longestIdle() *instance {
	var victim *instance
	for _, list := range p.idle {
		if len(list) > 0 && (victim == nil || list[0].idleFrom.Before(victim.idleFrom)) {
			victim = list[0]
		}
	}
	return victim
}

func (p *pool) removeIdle(i *instance) {
	name := i.entry.function.Name
	if at := slices.Index(p.idle[name], i); at >= 0 {
		p.idle[name] = slices.Delete(p.idle[name], at, at+1)
	}
}

// add registers a started instance for stop and kill. It returns false after stop.
func (p *pool) add(i *instance) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return false
	}
	p.all[i] = struct{}{}
	return true
}

// release takes back an instance: for a waiter, or frozen into the idle ones, or to be destroyed.
func (p *pool) release(i *instance, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped || i.entry.replaced.Load() || !i.alive() {
		p.discard(i)
		p.serveWaiters()
		return
	}
	for at, w := range p.waiters {
		if w.entry == i.entry {
			p.waiters = slices.Delete(p.waiters, at, at+1)
			w.given <- i
			return
		}
	}
	i.process.freeze()
	i.idleFrom = now
	p.idle[i.entry.function.Name] = append(p.idle[i.entry.function.Name], i)
	p.serveWaiters()
}

// remove destroys an instance that must not be used again.
func (p *pool) remove(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removeIdle(i)
	p.discard(i)
	p.serveWaiters()
}

// forget unregisters an instance that did not initialize; the caller keeps the right to start another.
func (p *pool) forget(i *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, i)
}

// lost returns the right to start an instance that was not started.
func (p *pool) lost(function string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live--
	p.liveOf[function]--
	p.serveWaiters()
}

// discard unregisters i and destroys it in the background.
func (p *pool) discard(i *instance) {
	delete(p.all, i)
	p.live--
	p.liveOf[i.entry.function.Name]--
	p.destroys.Go(i.destroy)
}

// serveWaiters returns waiters for which there is room the right to start an instance.
func (p *pool) serveWaiters() {
	left := p.waiters[:0]
	for _, w := range p.waiters {
		if !p.stopped && p.makeRoom(w.entry.function.Name) {
			w.given <- nil
			continue
		}
		left = append(left, w)
	}
	clear(p.waiters[len(left):])
	p.waiters = left
}

// reap ends instances that are idle since before the given time.
func (p *pool) reap(before time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, list := range p.idle {
		kept := list[:0]
		for _, i := range list {
			if i.alive() && !i.idleFrom.Before(before) {
				kept = append(kept, i)
				continue
			}
			p.discard(i)
		}
		clear(list[len(kept):])
		p.idle[name] = kept
	}
}

// retire ends the idle instances of a registration that was replaced.
func (p *pool) retire(e *entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range p.idle[e.function.Name] {
		p.discard(i)
	}
	delete(p.idle, e.function.Name)
	p.serveWaiters()
}

// kill ends the processes of a function, or of all with "", and counts them. Invocations in progress fail.
func (p *pool) kill(function string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	killed := 0
	for i := range p.all {
		if function == "" || i.entry.function.Name == function {
			i.process.kill()
			killed++
		}
	}
	return killed
}

// stop ends every process. The instances in use are destroyed by their invocations; destroys counts all of that.
func (p *pool) stop() {
	p.mu.Lock()
	p.stopped = true
	for _, w := range p.waiters {
		close(w.given)
	}
	p.waiters = nil
	for i := range p.all {
		i.process.kill() // those in use are destroyed by their invocation
	}
	for name, list := range p.idle {
		for _, i := range list {
			p.discard(i)
		}
		delete(p.idle, name)
	}
	p.mu.Unlock()
}

// count returns the number of idle and of all instances by function.
func (p *pool) count() map[string]InstanceCount {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := map[string]InstanceCount{}
	for name, live := range p.liveOf {
		if live > 0 {
			counts[name] = InstanceCount{Idle: len(p.idle[name]), Busy: live - len(p.idle[name])}
		}
	}
	return counts
}

// InstanceCount is the number of processes of a function.
type InstanceCount struct {
	Idle int // frozen
	Busy int // starting or serving an invocation
}
