package websocket

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/frame"
)

const (
	readBuffer = 1 << 10 // small: most sockets receive little
	// kernelBuffer keeps the kernel from growing the buffer of a slow client to megabytes: SendBuffer is what counts.
	kernelBuffer = 64 << 10
)

// upgrade responds with 101 and hands the socket to its own goroutine, so that net/http's buffers and stack are freed.
func (a *API) upgrade(w http.ResponseWriter, r *http.Request, h handshake, protocol string) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		h.refuse(w, internal(err))
		return
	}
	early, err := buffered.Reader.Peek(buffered.Reader.Buffered())
	if err != nil { // buffered bytes can be peeked at
		early = nil
	}
	src := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(early)), conn), readBuffer)
	conn.SetDeadline(time.Time{}) //nolint:errcheck // fails on a closed socket only; the reader will see that
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(kernelBuffer) //nolint:errcheck // the default does too
	}
	c := a.newConnection(h.origin(), conn)
	// Registered before the client can know that it is connected, so that the first post finds it; written to only after the
	// response is sent, until which flushing is set.
	a.connections.add(c)
	a.running.Go(func() {
		if _, err := conn.Write(switching(r.Header.Get("Sec-WebSocket-Key"), protocol, h.requestID)); err != nil {
			c.fail()
		}
		a.running.Go(c.flush)
		c.serve(src)
	})
}

// switching is the response that upgrades the connection. No extension is accepted: AWS compresses nothing.
func switching(key, protocol, requestID string) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n")
	b.WriteString("Sec-WebSocket-Accept: " + frame.Accept(key) + "\r\n")
	if protocol != "" {
		b.WriteString("Sec-WebSocket-Protocol: " + headerValue(protocol) + "\r\n")
	}
	b.WriteString("X-Amz-Apigw-Id: " + requestID + "\r\n\r\n")
	return b.Bytes()
}

// headerValue drops line breaks.
func headerValue(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, []byte(s)))
}
