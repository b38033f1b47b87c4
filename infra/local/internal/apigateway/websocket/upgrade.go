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
	readBuffer = 1 << 10 // a socket that hears little should hold little
	// kernelBuffer keeps the kernel from growing the buffer of a slow client to megabytes: SendBuffer is what counts.
	kernelBuffer = 64 << 10
)

// upgrade answers 101 and hands the socket to a goroutine of its own, so that net/http's buffers and stack are freed.
func (a *API) upgrade(w http.ResponseWriter, r *http.Request, h handshake, protocol string) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		h.refuse(w, internal(err))
		return
	}
	early, err := buffered.Reader.Peek(buffered.Reader.Buffered())
	if err != nil { // what is buffered can be peeked at
		early = nil
	}
	src := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(early)), conn), readBuffer)
	conn.SetDeadline(time.Time{}) //nolint:errcheck // fails on a closed socket only; the reader will see that
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(kernelBuffer) //nolint:errcheck // the default does too
	}
	c := a.newConnection(h.origin(), conn)
	// Listed before the client can know that it is connected, so that the first post finds it; written to only after
	// the answer is out, which flushing holds back.
	a.connections.add(c)
	a.running.Go(func() {
		if _, err := conn.Write(switching(r.Header.Get("Sec-WebSocket-Key"), protocol, h.requestID)); err != nil {
			c.fail()
		}
		a.running.Go(c.flush)
		c.serve(src)
	})
}

// switching is the answer that makes a socket of the connection. No extension is taken: AWS compresses nothing.
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

// headerValue drops what would end the header line.
func headerValue(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, []byte(s)))
}
