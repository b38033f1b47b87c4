package session

import (
	"context"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// pages are how many rows are read at a time for one answer. A frame holds few large rows or many small ones, and the
// bound holds however many messages are for others.
var pages = []int{8, 32, 128, 512, 1024, 1024, 1024, 1024}

// history answers with the messages that the caller has missed since a position, as many as fit one frame.
func (r Responder) history(ctx context.Context, caller hub.Caller, f frame.Client) ([]byte, error) {
	if f.RoomID != "" && f.RoomID != caller.RoomID {
		return frame.Error(f.Ref, frame.CodeForbidden, fmt.Sprintf("the token does not open room %q", f.RoomID)), nil
	}
	tail, err := roomlog.Tail(ctx, r.Rows, caller.RoomID, r.Now())
	if err != nil {
		return nil, fmt.Errorf("session: history: %w", err)
	}
	answer, err := frame.NewHistory(f.Ref, caller.RoomID, tail.Epoch)
	if err != nil {
		return nil, err
	}
	recovery := recovery{Responder: r, caller: caller, tail: tail, answer: answer}
	if err := recovery.run(ctx, hub.Position{Epoch: f.Epoch, Seq: f.After}); err != nil {
		return nil, fmt.Errorf("session: history: %w", err)
	}
	resets := 0
	if answer.Reset {
		resets = 1
	}
	r.Metrics.Write(metrics.Count(contract.MetricHistoryReads, 1), metrics.Count(contract.MetricResets, resets))
	return answer.Encode(), nil
}

// A recovery fills the answer to history. The answer always holds all that the room has for the caller after answer.After
// and up to answer.Seq.
type recovery struct {
	Responder
	caller hub.Caller
	tail   hub.Position
	answer *frame.History
}

// run adds the messages after position.
func (r *recovery) run(ctx context.Context, position hub.Position) error {
	if r.continues(position) {
		r.answer.After, r.answer.Seq = position.Seq, position.Seq
	} else {
		r.answer.Reset = true
	}
	if r.answer.Seq >= r.tail.Seq {
		return nil
	}
	for i, limit := range pages {
		next := r.answer.Seq + 1
		rows, more, err := r.Rows.Since(ctx, r.caller.RoomID, next, limit)
		if err == nil && i == 0 {
			rows, err = r.withFirst(ctx, next, rows)
		}
		if err != nil {
			return err
		}
		for _, row := range rows {
			full, err := r.fill(row)
			if err != nil || full {
				r.answer.More = true
				return err
			}
		}
		if !more {
			// What is missing up to the tail is gone.
			r.skip(r.tail.Seq)
			return nil
		}
	}
	r.answer.More = true
	return nil
}

// continues says whether the room's numbers follow position. A client without epoch was there before the first of them.
func (r *recovery) continues(position hub.Position) bool {
	if position.Epoch == "" && position.Seq == 0 {
		return true
	}
	return position.Epoch == r.tail.Epoch && position.Seq <= r.tail.Seq
}

// withFirst puts the row before the others that holds the number next, but begins earlier.
func (r *recovery) withFirst(ctx context.Context, next int64, rows []roomlog.Row) ([]roomlog.Row, error) {
	if len(rows) > 0 && rows[0].First == next {
		return rows, nil
	}
	before, _, err := r.Rows.Until(ctx, r.caller.RoomID, next, 1)
	if err != nil || len(before) == 0 || before[0].Last() < next {
		return rows, err
	}
	return append(before, rows...), nil
}

// fill adds those messages of the row that are new to the caller and for them. It says whether the frame is full.
func (r *recovery) fill(row roomlog.Row) (full bool, err error) {
	r.skip(row.First - 1)
	expired := !row.Until.After(r.Now())
	for _, m := range row.Messages {
		switch {
		case m.Seq <= r.answer.Seq:
			continue
		case !m.VisibleTo(r.caller.UserID):
		case expired:
			r.skip(m.Seq)
		default:
			if added, err := r.answer.Add(m); err != nil || !added {
				return true, err
			}
		}
		r.answer.Seq = m.Seq
	}
	return false, nil
}

// skip notes that the numbers up to seq cannot be had any more. What was added before stays: it is older, and still news.
func (r *recovery) skip(seq int64) {
	if seq > r.answer.Seq {
		r.answer.Reset = true
		r.answer.After, r.answer.Seq = seq, seq
	}
}
