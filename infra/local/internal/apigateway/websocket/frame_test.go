package websocket

import (
	"bufio"
	"io"
	"testing"
)

// readFrame reads one of the server's frames: its first byte and its payload.
func readFrame(t testing.TB, r *bufio.Reader) (byte, []byte) {
	t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		t.Fatalf("read frame: %v", err)
	}
	if head[1]&0x80 != 0 {
		t.Fatal("the server's frame is masked")
	}
	extended := map[byte]int{126: 2, 127: 8}[head[1]]
	n := int(head[1])
	if extended > 0 {
		n = 0
		for range extended {
			b, err := r.ReadByte()
			if err != nil {
				t.Fatalf("read frame: %v", err)
			}
			n = n<<8 | int(b)
		}
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		t.Fatalf("read frame: %v", err)
	}
	return head[0], payload
}
