package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	subprotocol = "hermes.v1"
	// gapWait is how long a gap may close by itself. PROTOCOL.md has 2 s; a run has no time for that.
	gapWait = 300 * time.Millisecond
	// answerWait is how long the answer to a question is waited for, and the first delay of the next try.
	answerWait = 3 * time.Second
	// pingEvery is far below the 9 minutes of PROTOCOL.md, so that a run is not as long.
	pingEvery = 2 * time.Second
	frameSize = 32_000
)

// A strict client does what PROTOCOL.md says and nothing more. It publishes too.
type strict struct {
	*journal
	ledger     *ledger
	url, token string
	ready      chan struct{} // closed once it has a position
	track      track

	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	outbox map[string]*sending // by ref
}

// A sending is a publication that the hub has not accepted yet.
type sending struct {
	n     int
	next  time.Time
	again bool // as if the answer to it had been lost
}

func (c *strict) online(ctx context.Context) {
	if c.stop != nil {
		return
	}
	ctx, c.stop = context.WithCancel(ctx)
	c.done = make(chan struct{})
	go func() {
		defer close(c.done)
		for ctx.Err() == nil {
			c.connection(ctx)
			select {
			case <-time.After(time.Duration(rand.Int64N(int64(500 * time.Millisecond)))):
			case <-ctx.Done():
			}
		}
	}()
}

// offline cuts the connection; what arrives meanwhile is missed.
func (c *strict) offline() {
	if c.stop != nil {
		c.stop()
		<-c.done
		c.stop = nil
	}
}

func (c *strict) isReady() <-chan struct{} { return c.ready }
func (c *strict) log() *journal            { return c.journal }

// send publishes by the socket, under one id however often it takes.
func (c *strict) send(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox["s"+strconv.Itoa(n)] = &sending{n: n}
}

// sendTwice publishes once more after the hub has accepted it.
func (c *strict) sendTwice(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox["s"+strconv.Itoa(n)] = &sending{n: n, again: true}
}

// A question waits for its answer.
type question struct {
	ref    string
	asked  position
	until  time.Time
	failed int // how many in a row
}

// connection lives until the socket ends.
func (c *strict) connection(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dialing, dialed := context.WithTimeout(ctx, 30*time.Second)
	conn, _, err := websocket.Dial(dialing, c.url, &websocket.DialOptions{Subprotocols: []string{subprotocol, "hermes.token." + c.token}})
	dialed()
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it may be closed already
	conn.SetReadLimit(1 << 20)
	frames := make(chan []byte)
	go func() {
		defer close(frames)
		for {
			_, content, err := conn.Read(ctx)
			if err != nil {
				return
			}
			select {
			case frames <- content:
			case <-ctx.Done():
				return
			}
		}
	}()
	s := &session{strict: c, write: func(text string) error { return conn.Write(ctx, websocket.MessageText, []byte(text)) }}
	s.resend()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case content, open := <-frames:
			if !open {
				return
			}
			s.take(content)
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if s.speak(time.Now()) != nil {
			return
		}
	}
}

// A session is what a strict client knows of one connection.
type session struct {
	*strict
	write    func(text string) error
	greeted  bool
	hello    question
	history  question
	gapSince time.Time
	refs     int
	pingAt   time.Time
}

// resend sends everything again that was not accepted on the connection before.
func (s *session) resend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.outbox {
		each.next = time.Time{}
	}
}

// take handles one frame.
func (s *session) take(content []byte) {
	var f frame
	if err := json.Unmarshal(content, &f); err != nil {
		s.ledger.complain(s.journal, fmt.Sprintf("a frame is no JSON: %v", err))
		return
	}
	if len(content) > frameSize {
		s.ledger.complain(s.journal, fmt.Sprintf("a frame of type %s has %d bytes", f.Type, len(content)))
	}
	switch f.Type {
	case "welcome":
		s.greeted = true
		fallthrough
	case "pong":
		if p, ok := f.Positions[s.room]; ok {
			s.show(s.track.greet(p, s.hello.asked))
			s.hello.asked = position{} // a pong comes later
		}
		if s.track.known {
			s.arrive()
		}
	case "messages":
		for _, each := range f.spans() {
			s.show(s.track.live(f.Epoch, each))
		}
	case "history":
		s.answer(f)
	case "ok":
		s.accepted(f.Ref)
	case "error":
		s.failed(f)
	}
}

func (s *session) arrive() {
	select {
	case <-s.ready:
	default:
		s.ledger.arrived(s.journal)
		close(s.ready)
	}
}

func (s *session) answer(f frame) {
	if f.Ref == "" || f.Ref != s.history.ref {
		return // of a question that was given up
	}
	messages, reset := s.track.history(s.history.asked, f)
	s.history = question{}
	s.gapSince = time.Time{}
	if reset {
		s.ledger.reset(s.journal)
	}
	s.show(messages)
}

// show gives messages to the application.
func (s *session) show(messages []message) {
	for _, m := range messages {
		s.ledger.receive(s.journal, m, false)
	}
	for _, m := range s.track.repeats {
		s.ledger.receive(s.journal, m, true)
	}
	for _, text := range s.track.complaints {
		s.ledger.complain(s.journal, text)
	}
	s.track.repeats, s.track.complaints = nil, nil
	s.ledger.stands(s.journal, s.track.Seq)
}

func (s *session) accepted(ref string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if each := s.outbox[ref]; each != nil {
		s.ledger.accept(each.n)
		if each.again {
			*each = sending{n: each.n}
			return
		}
		delete(s.outbox, ref)
	}
}

func (s *session) failed(f frame) {
	later := time.Now().Add(gapWait)
	if f.Ref == s.history.ref && f.Ref != "" {
		s.history.ref, s.history.until = "", later
	}
	if f.Ref == s.hello.ref && f.Ref != "" {
		s.hello.ref, s.hello.until = "", later
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if each := s.outbox[f.Ref]; each != nil {
		each.next = later
	}
}

// speak sends what is due.
func (s *session) speak(now time.Time) error {
	if !s.greeted && now.After(s.hello.until) {
		s.ask(&s.hello, now)
		s.hello.asked = s.track.position
		return s.write(fmt.Sprintf(`{"action":"hello","ref":%q}`, s.hello.ref))
	}
	if err := s.speakHistory(now); err != nil {
		return err
	}
	if s.greeted && now.After(s.pingAt) {
		s.pingAt = now.Add(pingEvery)
		if err := s.write(`{"action":"ping"}`); err != nil {
			return err
		}
	}
	return s.speakOutbox(now)
}

// speakHistory asks for what is missing: at once if that is sure, else when it has not come by itself.
func (s *session) speakHistory(now time.Time) error {
	if !s.track.known || !s.track.behind {
		s.gapSince = time.Time{}
		return nil
	}
	if len(s.track.held) == 0 && !s.track.urgent {
		s.track.behind = false // the gap has closed
		return nil
	}
	if s.gapSince.IsZero() {
		s.gapSince = now
	}
	if now.Before(s.history.until) || !s.track.urgent && now.Sub(s.gapSince) < gapWait {
		return nil
	}
	s.ask(&s.history, now)
	s.history.asked = s.track.position
	return s.write(fmt.Sprintf(`{"action":"history","ref":%q,"epoch":%q,"after":%d}`, s.history.ref, s.track.Epoch, s.track.Seq))
}

// ask gives a question its next ref and deadline.
func (s *session) ask(q *question, now time.Time) {
	s.refs++
	q.failed++
	q.ref, q.until = "q"+strconv.Itoa(s.refs), now.Add(answerWait*time.Duration(min(q.failed, 5)))
}

func (s *session) speakOutbox(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ref, each := range s.outbox {
		if now.Before(each.next) {
			continue
		}
		each.next = now.Add(answerWait)
		if err := s.write(fmt.Sprintf(`{"action":"sendMessage","ref":%q,"id":%q,"data":%q}`, ref, ref, textOf(each.n))); err != nil {
			return err
		}
	}
	return nil
}
