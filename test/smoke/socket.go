package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/coder/websocket"
)

// A socket is a browser's connection, in the protocol of client/PROTOCOL.md.
type socket struct{ conn *websocket.Conn }

type position struct {
	Epoch string
	Seq   int64
}

// A frame of the server, with the fields of all types.
type frame struct {
	Type, Code, Message string
	UserID              string `json:"user_id"`
	Positions           map[string]position
	Messages            []message
}

type message struct {
	ID   string
	Data json.RawMessage
}

// dial connects with a token. A handshake that is refused gives its status.
func (s *stage) dial(ctx context.Context, token string) (*socket, int, error) {
	conn, answer, err := websocket.Dial(ctx, s.outputs["WebSocketUrl"], &websocket.DialOptions{
		Subprotocols: []string{"hermes.v1", "hermes.token." + token},
	})
	if err != nil && answer != nil {
		return nil, answer.StatusCode, err
	}
	if err != nil {
		return nil, 0, err
	}
	conn.SetReadLimit(256 << 10)
	return &socket{conn}, http.StatusSwitchingProtocols, nil
}

// join connects to a room and says hello.
func (s *stage) join(ctx context.Context, user, room string) (*socket, position, error) {
	token, err := s.token(ctx, user, room)
	if err != nil {
		return nil, position{}, err
	}
	socket, _, err := s.dial(ctx, token)
	if err != nil {
		return nil, position{}, err
	}
	welcome, err := socket.ask(ctx, `{"action":"hello"}`, "welcome")
	if err == nil && welcome.UserID != user {
		err = fmt.Errorf("the hub welcomes user %q, want %q", welcome.UserID, user)
	}
	if err != nil {
		socket.close()
		return nil, position{}, err
	}
	return socket, welcome.Positions[room], nil
}

func (c *socket) close() { _ = c.conn.CloseNow() }

// ask sends a question and waits for its answer.
func (c *socket) ask(ctx context.Context, question, answer string) (frame, error) {
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(question)); err != nil {
		return frame{}, err
	}
	return c.next(ctx, answer)
}

// next waits for a frame of a type.
func (c *socket) next(ctx context.Context, kind string) (frame, error) {
	for {
		_, content, err := c.conn.Read(ctx)
		if err != nil {
			return frame{}, fmt.Errorf("no frame of type %s came: %w", kind, err)
		}
		var f frame
		if err := json.Unmarshal(content, &f); err != nil {
			return frame{}, fmt.Errorf("%w: %s", err, content)
		}
		switch f.Type {
		case kind:
			return f, nil
		case "error":
			return frame{}, fmt.Errorf("the hub answers %s: %s", f.Code, f.Message)
		}
	}
}

// await waits for a message that is wanted.
func (c *socket) await(ctx context.Context, wanted func(message) bool) error {
	for {
		f, err := c.next(ctx, "messages")
		if err != nil {
			return err
		}
		for _, m := range f.Messages {
			if wanted(m) {
				return nil
			}
		}
	}
}
