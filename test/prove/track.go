package main

import (
	"cmp"
	"fmt"
	"slices"
)

// A position is how far a client has received a room.
type position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}

// A span is what a frame covers: it holds all that the room has for this connection in (after, seq].
type span struct {
	after, seq int64
	messages   []message
}

// mostHeld bounds the messages that wait for those before them. Beyond it they are forgotten: history has them.
const mostHeld = 1024

// A track is the state of recovery in one room, as PROTOCOL.md describes it. It knows no time and no network.
type track struct {
	position
	known bool // it has a position
	held  []span
	// behind says that history has something that did not come: a gap, or what a welcome or a pong told of.
	behind bool
	// urgent says not to wait for the gap to close by itself.
	urgent bool

	repeats    []message // were known already
	complaints []string
}

func (t *track) complain(format string, values ...any) {
	t.complaints = append(t.complaints, fmt.Sprintf(format, values...))
}

// greet takes the room's position from a welcome or a pong. asked is the track's own position at the hello.
func (t *track) greet(p, asked position) []message {
	switch {
	case !t.known:
		for _, s := range t.held {
			p.Seq = min(p.Seq, s.after)
		}
		t.position, t.known = p, true
		return t.release()
	case p.Epoch != t.Epoch && t.position != position{}, p.Seq > t.Seq, p.Seq < asked.Seq:
		t.behind, t.urgent = true, true
	}
	return nil
}

// live takes what a frame of messages covers and returns what the application gets.
func (t *track) live(epoch string, s span) []message {
	t.check(s)
	if t.known && t.position == (position{}) {
		t.Epoch = epoch // of a room before its first message
	}
	if t.known && epoch != "" && epoch != t.Epoch {
		t.behind, t.urgent = true, true // history says whether this is a reset
		return nil
	}
	t.held = append(t.held, s)
	return t.release()
}

// history takes the answer to a question after position asked, and returns what the application gets.
func (t *track) history(asked position, f frame) (messages []message, reset bool) {
	t.behind, t.urgent = f.More, f.More
	if f.Reset {
		return t.restart(f), true
	}
	if f.Epoch != t.Epoch && t.Epoch != "" {
		t.complain("history went from epoch %q to %q without a reset", t.Epoch, f.Epoch)
		return nil, false
	}
	s := span{asked.Seq, f.Seq, f.Messages}
	if f.After != nil {
		s.after = *f.After
	}
	t.check(s)
	t.Epoch = f.Epoch
	t.held = append(t.held, s)
	return t.release(), false
}

// restart goes on where a reset says.
func (t *track) restart(f frame) (messages []message) {
	if f.Epoch != t.Epoch {
		t.held, t.Seq = nil, 0
	}
	for _, m := range f.Messages {
		if m.Seq > t.Seq {
			messages = append(messages, m)
		}
	}
	t.position = position{f.Epoch, f.Seq}
	return append(messages, t.release()...)
}

// release hands on what follows the position without a gap.
func (t *track) release() (messages []message) {
	if !t.known {
		return nil
	}
	slices.SortStableFunc(t.held, func(a, b span) int { return cmp.Compare(a.after, b.after) })
	waiting := 0
	keep := t.held[:0]
	for _, s := range t.held {
		if s.after > t.Seq {
			waiting += len(s.messages)
			keep = append(keep, s)
			continue
		}
		for _, m := range s.messages {
			if m.Seq > t.Seq {
				messages = append(messages, m)
				t.Seq = m.Seq
			} else {
				t.repeats = append(t.repeats, m)
			}
		}
		t.Seq = max(t.Seq, s.seq)
	}
	if len(keep) > 0 {
		t.behind = true
	}
	if t.held = keep; waiting > mostHeld {
		t.held, t.urgent = nil, true
	}
	return messages
}

// check looks whether a frame keeps its own promise.
func (t *track) check(s span) {
	if s.after > s.seq {
		t.complain("a frame covers (%d, %d]", s.after, s.seq)
	}
	before := s.after
	for _, m := range s.messages {
		if m.Seq <= before || m.Seq > s.seq {
			t.complain("a frame that covers (%d, %d] holds %d after %d", s.after, s.seq, m.Seq, before)
		}
		before = m.Seq
	}
}
