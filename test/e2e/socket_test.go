package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A socket is a browser's tab.
type socket struct {
	conn   *websocket.Conn
	frames chan []byte // closed when the socket is
	kept   []message   // have come and were not asked for yet
	seen   map[string]message
}

// A message as receivers see it.
type message struct {
	ID     string          `json:"id"`
	RoomID string          `json:"room_id"`
	Seq    int64           `json:"seq"`
	UserID string          `json:"user_id"`
	Time   int64           `json:"time"`
	Data   json.RawMessage `json:"data"`
}

func (m message) text() string {
	var s string
	if json.Unmarshal(m.Data, &s) != nil {
		return string(m.Data)
	}
	return s
}

// A frame of the server, with the fields of all types.
type frame struct {
	Type         string
	Ref          string
	Code         string
	Message      string
	ConnectionID string `json:"connection_id"`
	UserID       string `json:"user_id"`
	Rooms        []string
	ExpiresAt    int64 `json:"expires_at"`
	Positions    map[string]position
	RoomID       string `json:"room_id"`
	Epoch        string
	After        int64
	Within       int
	Seq          int64
	More, Reset  bool
	Messages     []message
}

type position struct {
	Epoch string
	Seq   int64
}

// dial opens a socket; a handshake that is refused gives its status.
func (h *hub) dial(ctx context.Context, query string, protocols ...string) (*socket, int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, h.socketURL+query, &websocket.DialOptions{Subprotocols: protocols})
	status := 0
	if response != nil {
		status = response.StatusCode
	}
	if err != nil {
		return nil, status, err
	}
	conn.SetReadLimit(256 << 10)
	s := &socket{conn: conn, frames: make(chan []byte, 4096), seen: map[string]message{}}
	go s.read()
	return s, status, nil
}

// read runs until the socket ends; the connection's own close ends it, so it needs no context.
func (s *socket) read() {
	defer close(s.frames)
	for {
		_, content, err := s.conn.Read(context.Background())
		if err != nil {
			return
		}
		s.frames <- content
	}
}

// patientDial comes again when the account's rate of new connections or its concurrency is used up, as a client does.
func (h *hub) patientDial(ctx context.Context, query string, protocols ...string) (s *socket, err error) {
	err = poll(patience, func() error {
		var status int
		s, status, err = h.dial(ctx, query, protocols...)
		if err != nil && status != http.StatusTooManyRequests && status < http.StatusInternalServerError {
			return errGivenUp{err}
		}
		return err
	})
	return s, err
}

// open dials with a token and closes with the test.
func (h *hub) open(t *testing.T, query string, protocols ...string) *socket {
	t.Helper()
	s, err := h.patientDial(t.Context(), query, protocols...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.CloseNow() }) //nolint:errcheck // the test is over
	return s
}

// connect opens a hermes.v1 socket with a new token.
func (h *hub) connect(t *testing.T, user, room string) *socket {
	t.Helper()
	return h.connectWith(t, h.token(t, user, room))
}

func (h *hub) connectWith(t *testing.T, token string) *socket {
	t.Helper()
	return h.open(t, "", contract.Subprotocol, contract.SubprotocolTokenPrefix+token)
}

// connectClassic opens a socket without subprotocol, the token in the query.
func (h *hub) connectClassic(t *testing.T, user, room string) *socket {
	t.Helper()
	return h.open(t, "?token="+url.QueryEscape(h.token(t, user, room)))
}

// raw waits for the next frame.
func (s *socket) raw() ([]byte, error) {
	select {
	case content, open := <-s.frames:
		if !open {
			return nil, errGivenUp{errors.New("the socket was closed")}
		}
		return content, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("no frame within %v", patience)
	}
}

// next waits for the next frame and reads it.
func (s *socket) next(t *testing.T) frame {
	t.Helper()
	content, err := s.raw()
	if err != nil {
		t.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(content, &f); err != nil {
		t.Fatalf("frame %s: %v", content, err)
	}
	return f
}

// send sends text as it is.
func (s *socket) send(t *testing.T, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// ask sends text and waits for the answer. Messages that come before it are kept for those who ask for messages.
func (s *socket) ask(t *testing.T, text string) frame {
	t.Helper()
	s.send(t, text)
	for {
		f := s.next(t)
		if f.Type != "messages" {
			return f
		}
		s.kept = append(s.kept, f.Messages...)
	}
}

// message waits for the next message of hermes.v1, also if it came before, and notes it.
func (s *socket) message(t *testing.T) (m message, again bool) {
	t.Helper()
	for len(s.kept) == 0 {
		f := s.next(t)
		if f.Type != "messages" {
			t.Fatalf("got a frame of type %q, want messages: %+v", f.Type, f)
		}
		s.kept = f.Messages
	}
	m, s.kept = s.kept[0], s.kept[1:]
	before, again := s.seen[m.ID]
	if again && (before.text() != m.text() || before.UserID != m.UserID) {
		t.Errorf("message %s came as %+v and as %+v", m.ID, before, m)
	}
	s.seen[m.ID] = m
	return m, again
}

// receive waits until it has seen n messages, in whatever order and however often each came, and returns all by their ids.
func (s *socket) receive(t *testing.T, n int) map[string]message {
	t.Helper()
	for len(s.seen) < n {
		s.message(t)
	}
	return s.seen
}

// expect waits for a message that it has not seen, which must have that text.
func (s *socket) expect(t *testing.T, text string) message {
	t.Helper()
	for {
		m, again := s.message(t)
		if again {
			continue
		}
		if m.text() != text {
			t.Fatalf("got the message %q, want %q", m.text(), text)
		}
		return m
	}
}
