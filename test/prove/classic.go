package main

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/coder/websocket"
)

// A classic client offers no subprotocol and shows what comes as it comes.
type classic struct {
	*journal
	ledger     *ledger
	url, token string
	ready      chan struct{}
	stop       context.CancelFunc
	done       chan struct{}
}

func (c *classic) isReady() <-chan struct{} { return c.ready }
func (c *classic) log() *journal            { return c.journal }

func (c *classic) online(ctx context.Context) {
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
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
}

func (c *classic) offline() {
	if c.stop != nil {
		c.stop()
		<-c.done
		c.stop = nil
	}
}

func (c *classic) connection(ctx context.Context) {
	dialing, dialed := context.WithTimeout(ctx, 30*time.Second)
	defer dialed()
	conn, _, err := websocket.Dial(dialing, c.url+"?token="+url.QueryEscape(c.token), nil)
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it may be closed already
	conn.SetReadLimit(1 << 20)
	select {
	case <-c.ready:
	default:
		c.ledger.arrived(c.journal)
		close(c.ready)
	}
	for {
		_, content, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(content, &m) == nil && m.Data != nil {
			c.ledger.receive(c.journal, m, false)
		}
	}
}
