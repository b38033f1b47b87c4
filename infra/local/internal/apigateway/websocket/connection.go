package websocket

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/frame"
)

// connection is one open WebSocket. One goroutine reads it; whoever sends appends to pending, and a goroutine that lives only
// while something is pending writes it out. So an idle socket costs one small stack, and a slow client delays no other.
type connection struct {
	origin
	api        *API
	conn       net.Conn
	lastActive atomic.Int64 // milliseconds since the epoch
	metered    atomic.Int64 // until when its minutes are counted, milliseconds since the epoch
	slots      chan struct{}

	mu       sync.Mutex
	pending  []byte        // encoded frames that wait to be written
	queued   int           // bytes in pending and in the write under way
	flushing bool          // a writer is at work, or the handshake's response is not sent yet
	flushed  chan struct{} // closed when the writer ends; made by whoever waits for that
	closed   bool          // nothing is accepted any more, because of why
	why      cause
}

// cause is why a connection ended, as $disconnect reports it.
type cause struct {
	code   int
	reason string
}

// Causes, with the texts that AWS sends where they are known.
var (
	causeNoStatus = cause{frame.StatusNone, "Client-side close frame status not set"}
	causeLost     = cause{frame.StatusAbnormal, "Connection closed abnormally"}
	causeIdle     = cause{frame.StatusGoingAway, "Going away"}
	causeDeleted  = cause{frame.StatusNormal, "Connection Closed Normally"}
	causeBinary   = cause{frame.StatusUnsupported, "Binary frames are not supported"}
)

func (a *API) newConnection(o origin, conn net.Conn) *connection {
	c := &connection{
		origin: o, api: a, conn: conn, flushing: true,
		slots: make(chan struct{}, a.config.Limits.MessagesInFlight),
	}
	c.touch()
	c.metered.Store(o.connectedAt.UnixMilli())
	return c
}

// touch records activity in either direction.
func (c *connection) touch() { c.lastActive.Store(c.api.services.Clock.Now().UnixMilli()) }

// send queues one message. Errors are errGone and errFull.
func (c *connection) send(opcode frame.Opcode, payload []byte) error {
	limits := c.api.config.Limits
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errGone
	}
	if c.queued > 0 && c.queued+len(payload) > limits.SendBuffer {
		return errFull
	}
	c.append(func(dst []byte) []byte { return frame.Append(dst, opcode, payload, limits.MaxFrame) })
	return nil
}

func (c *connection) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// shut starts the closing handshake with a close frame. The first cause is kept; wire is the frame's reason.
func (c *connection) shut(why cause, wire string) {
	if !c.end(why, func(dst []byte) []byte { return frame.AppendClose(dst, why.code, wire) }) {
		return
	}
	// The client has this long to answer; then its socket is closed in any case.
	deadline := time.Now().Add(c.api.config.Limits.CloseWait)
	c.conn.SetDeadline(deadline) //nolint:errcheck // fails on a closed socket only
}

// cut closes the socket without a close frame, as a lost network does.
func (c *connection) cut() {
	c.end(causeLost, nil)
	if tcp, ok := c.conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // fails on a closed socket only
	}
	c.conn.Close() //nolint:errcheck // the connection is over
}

// end marks the connection as closed, queues a last frame and unregisters it; false if it was closed already.
func (c *connection) end(why cause, last func([]byte) []byte) bool {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return false
	}
	c.closed, c.why = true, why
	if last != nil {
		c.append(last)
	}
	c.mu.Unlock()
	c.api.connections.remove(c)
	return true
}
