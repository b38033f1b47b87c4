package websocket

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/frame"
)

// serve reads the connection to its end, closes it, and reports it.
func (c *connection) serve(src io.Reader) {
	limits := c.api.config.Limits
	c.read(frame.NewReader(src, limits.MaxFrame, limits.MaxMessage))
	c.hangUp()
	c.api.countMinutes(c, c.api.services.Clock.Now())
	c.api.disconnect(c)
}

// read reads messages until the connection ends.
func (c *connection) read(r *frame.Reader) {
	for {
		m, err := r.Next()
		if err != nil {
			c.readFailed(err)
			return
		}
		c.touch()
		switch m.Opcode {
		case frame.Ping:
			c.send(frame.Pong, m.Payload) //nolint:errcheck // a full or closed connection gets no pong
		case frame.Pong:
		case frame.Close:
			c.closedByClient(m.Payload)
			return
		case frame.Binary:
			// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
			c.shut(causeBinary, causeBinary.reason)
			return
		default:
			c.receive(m.Payload)
		}
	}
}

// readFailed ends the connection for a protocol error of the client, or at the end of its stream.
func (c *connection) readFailed(err error) {
	var violation *frame.Violation
	if errors.As(err, &violation) {
		c.shut(cause{violation.Code, violation.Reason}, violation.Reason)
		return
	}
	c.end(causeLost, nil)
}

// closedByClient answers a close frame with the same status, unless it answers ours.
func (c *connection) closedByClient(payload []byte) {
	code, reason, err := frame.ParseClose(payload)
	if err != nil {
		c.readFailed(err)
		return
	}
	why := cause{code, reason}
	if code == frame.StatusNone {
		why = causeNoStatus
	}
	c.end(why, func(dst []byte) []byte { return frame.AppendClose(dst, code, "") })
}

// hangUp sends the last frames and closes the socket. It half-closes first and reads what the client still sends, because
// closing with unread bytes makes TCP discard the close frame.
func (c *connection) hangUp() {
	wait := c.api.config.Limits.CloseWait
	c.conn.SetDeadline(time.Now().Add(wait)) //nolint:errcheck // fails on a closed socket only
	<-c.drained()
	if tcp, ok := c.conn.(interface{ CloseWrite() error }); ok && tcp.CloseWrite() == nil {
		io.Copy(io.Discard, c.conn) //nolint:errcheck // until the client closes, or the deadline
	}
	c.conn.Close() //nolint:errcheck // the connection is over
}

var _ interface{ CloseWrite() error } = (*net.TCPConn)(nil)

// receive hands a message to a function. Messages of one client run concurrently: AWS promises no order between them. While
// MessagesInFlight are in functions, the socket is not read.
func (c *connection) receive(message []byte) {
	a := c.api
	if c.isClosed() { // what the client sends after our close frame is dropped
		return
	}
	a.services.Meter.Count("", edge.MeterService, edge.MeterMessage, edge.Units(len(message), unitBytes))
	if a.services.Faults.Inject("socket", "close", "").Drop {
		c.cut()
		return
	}
	c.slots <- struct{}{}
	a.running.Go(func() {
		defer func() { <-c.slots }()
		a.handle(c, message)
	})
}
