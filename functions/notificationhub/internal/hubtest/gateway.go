package hubtest

import (
	"context"
	"sync"
)

// A Gateway is API Gateway's @connections in memory.
type Gateway struct {
	// OnPost, if set, decides whether a post fails. try counts the posts to the connection from 1.
	OnPost func(ctx context.Context, connectionID string, try int) error
	// OnProbe, if set, decides whether a lookup of the connection fails.
	OnProbe func(connectionID string) error
	// OnClose, if set, decides whether closing the connection fails.
	OnClose func(connectionID string) error

	mu       sync.Mutex
	tries    map[string]int
	probes   map[string]int
	received map[string][]string
	closed   []string
}

// Post delivers body, or fails.
func (g *Gateway) Post(ctx context.Context, connectionID string, body []byte) error {
	try := g.count(&g.tries, connectionID)
	if g.OnPost != nil {
		if err := g.OnPost(ctx, connectionID, try); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.received == nil {
		g.received = map[string][]string{}
	}
	g.received[connectionID] = append(g.received[connectionID], string(body))
	return nil
}

// Close closes the connection.
func (g *Gateway) Close(_ context.Context, connectionID string) error {
	if g.OnClose != nil {
		if err := g.OnClose(connectionID); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = append(g.closed, connectionID)
	return nil
}

// Closed returns the connections that were closed, in order.
func (g *Gateway) Closed() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.closed...)
}

// Probe looks the connection up.
func (g *Gateway) Probe(_ context.Context, connectionID string) error {
	g.count(&g.probes, connectionID)
	if g.OnProbe == nil {
		return nil
	}
	return g.OnProbe(connectionID)
}

// Received returns the frames that the connection received, in order.
func (g *Gateway) Received(connectionID string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.received[connectionID]...)
}

// Receivers returns how many connections received a frame.
func (g *Gateway) Receivers() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.received)
}

// Tries returns the number of posts to the connection.
func (g *Gateway) Tries(connectionID string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tries[connectionID]
}

// Probes returns the number of lookups of the connection.
func (g *Gateway) Probes(connectionID string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.probes[connectionID]
}

func (g *Gateway) count(counts *map[string]int, connectionID string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if *counts == nil {
		*counts = map[string]int{}
	}
	(*counts)[connectionID]++
	return (*counts)[connectionID]
}
