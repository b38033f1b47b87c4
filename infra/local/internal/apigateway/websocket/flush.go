package websocket

import "sync"

const (
	newBuffer  = 1 << 10  // capacity of a fresh buffer
	keepBuffer = 64 << 10 // larger ones are left to the garbage collector
)

// buffers are shared by all connections: only those with something to write hold one.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, newBuffer); return &b }}

// append adds encoded frames to pending and starts a writer if none is running. The caller holds mu.
func (c *connection) append(encode func([]byte) []byte) {
	if c.pending == nil {
		c.pending = (*buffers.Get().(*[]byte))[:0]
	}
	before := len(c.pending)
	c.pending = encode(c.pending)
	c.queued += len(c.pending) - before
	if !c.flushing {
		c.flushing = true
		c.api.running.Go(c.flush)
	}
}

// flush writes until nothing is pending. Messages that come during one write go out in the next.
func (c *connection) flush() {
	for {
		c.mu.Lock()
		batch := c.pending
		if batch == nil {
			c.flushing = false
			if c.flushed != nil {
				close(c.flushed)
				c.flushed = nil
			}
			c.mu.Unlock()
			return
		}
		c.pending = nil
		c.mu.Unlock()
		_, err := c.conn.Write(batch)
		c.mu.Lock()
		c.queued -= len(batch)
		c.mu.Unlock()
		if cap(batch) <= keepBuffer {
			buffers.Put(&batch)
		}
		if err != nil {
			c.fail()
		}
	}
}

// fail closes a socket that cannot be written to; its reader then ends.
func (c *connection) fail() {
	c.end(causeLost, nil)
	c.mu.Lock()
	c.pending, c.queued = nil, 0
	c.mu.Unlock()
	c.conn.Close() //nolint:errcheck // the connection is over
}

// drained returns a channel that is closed once everything queued is written.
func (c *connection) drained() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.flushing {
		done := make(chan struct{})
		close(done)
		return done
	}
	if c.flushed == nil {
		c.flushed = make(chan struct{})
	}
	return c.flushed
}
