package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// An audience is the sockets of one room.
type audience struct {
	name    string
	sockets []*websocket.Conn
	mu      sync.Mutex
	round   *round
}

// join opens the sockets, a few at a time: each costs the stage two invocations.
func (h *hub) join(ctx context.Context, o options) (*audience, error) {
	a := &audience{name: fmt.Sprintf("load-%x", rand.Uint32()), sockets: make([]*websocket.Conn, o.sockets)}
	a.begin(0)
	issued, err := h.issuer.Issue(ctx, client.IssueRequest{UserID: "load", RoomID: a.name, TTL: time.Hour})
	if err != nil {
		return nil, err
	}
	places, faults := make(chan struct{}, o.dials), make(chan error, o.sockets)
	var dialing sync.WaitGroup
	for i := range a.sockets {
		places <- struct{}{}
		dialing.Go(func() {
			defer func() { <-places }()
			if a.sockets[i], err = h.dial(ctx, issued.Token, o.classic); err != nil {
				faults <- fmt.Errorf("socket %d: %w", i, err)
				return
			}
			go a.listen(ctx, i)
		})
	}
	dialing.Wait()
	select {
	case err := <-faults:
		a.leave()
		return nil, err
	default:
		return a, nil
	}
}

// dial connects, and comes again while the account's rate of new connections is used up.
func (h *hub) dial(ctx context.Context, token string, classic bool) (*websocket.Conn, error) {
	target, options := h.socketURL, &websocket.DialOptions{}
	if classic {
		target += "?token=" + token
	} else {
		options.Subprotocols = []string{contract.Subprotocol, contract.SubprotocolTokenPrefix + token}
	}
	for {
		conn, response, err := websocket.Dial(ctx, target, options)
		if err == nil || response == nil || response.StatusCode != http.StatusTooManyRequests {
			return conn, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (a *audience) leave() {
	for _, conn := range a.sockets {
		if conn != nil {
			conn.CloseNow() //nolint:errcheck // the measurement is over
		}
	}
}

// begin starts to count again: n messages are expected at each socket.
func (a *audience) begin(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.round = newRound(len(a.sockets), n)
}

func (a *audience) current() *round {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.round
}

// listen notes what arrives at one socket until it is closed.
func (a *audience) listen(ctx context.Context, i int) {
	for {
		_, content, err := a.sockets[i].Read(ctx)
		if err != nil {
			return
		}
		a.current().arrived(i, content, time.Now())
	}
}

// settle waits until everything has arrived everywhere.
func (a *audience) settle(ctx context.Context) error {
	r := a.current()
	select {
	case <-r.complete:
		return nil
	case <-time.After(settleWithin):
		return fmt.Errorf("after %v, %d deliveries have not arrived", settleWithin, r.missing.Load())
	case <-ctx.Done():
		return ctx.Err()
	}
}

var marker = []byte(`"data":"`)

// numbers calls f with the number of each message in a frame. Decoding JSON would cost more than what is measured.
func numbers(frame []byte, f func(n int)) {
	for {
		at := bytes.Index(frame, marker)
		if at < 0 {
			return
		}
		frame = frame[at+len(marker):]
		end := bytes.IndexAny(frame, ` "`)
		if n, err := strconv.Atoi(string(frame[:max(0, end)])); err == nil {
			f(n)
		}
	}
}
