package websocket

import "sync"

// attempts counts handshakes in progress, so that a stop can wait for them. The zero value is open.
type attempts struct {
	mu     sync.Mutex
	closed bool
	n      int
	idle   chan struct{} // closed when the last one leaves after close
}

// enter reports false once closed.
func (a *attempts) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	a.n++
	return true
}

func (a *attempts) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n--
	if a.closed && a.n == 0 {
		close(a.idle)
	}
}

// close refuses further attempts and returns a channel that is closed when those in progress are done.
func (a *attempts) close() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.closed, a.idle = true, make(chan struct{})
		if a.n == 0 {
			close(a.idle)
		}
	}
	return a.idle
}
