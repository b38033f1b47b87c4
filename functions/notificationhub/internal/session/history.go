package session

import (
	"context"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Reader reads stored messages.
type Reader interface {
	// Since returns up to limit stored messages of the room with seq >= first, in order, and whether there are more.
	Since(ctx context.Context, roomID string, first int64, limit int) (messages []hub.Message, more bool, err error)
}

const (
	// historyPage is how many messages are read at a time: about as many small ones as fit a frame.
	historyPage = 200
	// historyPages bounds the reads for one answer, however many messages are for other users.
	historyPages = 20
)

// history answers with the messages that the caller has missed since a position, as many as fit one frame.
func (r Responder) history(ctx context.Context, caller hub.Caller, f frame.Client) ([]byte, error) {
	if f.RoomID != "" && f.RoomID != caller.RoomID {
		return frame.Error(f.Ref, frame.CodeForbidden, fmt.Sprintf("the token does not open room %q", f.RoomID)), nil
	}
	position, err := r.Rooms.Position(ctx, caller.RoomID)
	if err != nil {
		return nil, fmt.Errorf("session: history: %w", err)
	}
	answer, err := frame.NewHistory(f.Ref, caller.RoomID, position.Epoch)
	if err != nil {
		return nil, err
	}
	recovery := recovery{reader: r.History, caller: caller, room: position, answer: answer}
	if err := recovery.run(ctx, hub.Position{Epoch: f.Epoch, Seq: f.After}); err != nil {
		return nil, fmt.Errorf("session: history: %w", err)
	}
	return answer.Encode(), nil
}

// A recovery fills the answer to history.
type recovery struct {
	reader Reader
	caller hub.Caller
	room   hub.Position
	answer *frame.History
}

// run adds the messages after position.
func (r *recovery) run(ctx context.Context, position hub.Position) error {
	after := position.Seq
	if !r.continues(position) {
		r.answer.Reset = true
		after = 0
	}
	r.answer.Seq = after
	if after == r.room.Seq {
		return nil
	}
	// The client's last message is read too: if it is still stored, so is everything after it, and a number missing in
	// between was never delivered. Only without it does a gap mean that history has expired.
	first := max(1, after)
	defer r.settle()
	for range historyPages {
		messages, more, err := r.reader.Since(ctx, r.caller.RoomID, first, historyPage)
		if err != nil {
			return err
		}
		if first == max(1, after) {
			r.detectGap(after, messages)
		}
		full, err := r.fill(after, messages)
		if err != nil {
			return err
		}
		r.answer.More = full || more
		if full || !more {
			return nil
		}
		first = r.answer.Seq + 1
	}
	return nil
}

// settle moves a client that starts over, and has read everything stored, to the room's current position.
func (r *recovery) settle() {
	if r.answer.Reset && !r.answer.More {
		r.answer.Seq = max(r.answer.Seq, r.room.Seq)
	}
}

// continues reports whether position belongs to the room's current epoch. A client without an epoch connected before the
// room's first message.
func (r *recovery) continues(position hub.Position) bool {
	return (position.Epoch == r.room.Epoch || position.Epoch == "") && position.Seq <= r.room.Seq
}

// detectGap sets Reset if messages after the client's position have expired. oldest has the oldest stored messages.
func (r *recovery) detectGap(after int64, oldest []hub.Message) {
	if len(oldest) == 0 || oldest[0].Seq > after+1 {
		r.answer.Reset = true
	}
}

// fill adds the messages that the caller may receive. It reports whether the frame is full.
func (r *recovery) fill(after int64, messages []hub.Message) (full bool, err error) {
	for _, m := range messages {
		if m.Seq > after && m.VisibleTo(r.caller.UserID) {
			added, err := r.answer.Add(m)
			if err != nil || !added {
				return true, err
			}
		}
		r.answer.Seq = max(r.answer.Seq, m.Seq)
	}
	return false, nil
}
