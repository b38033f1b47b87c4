package websocket

import (
	"context"
	"fmt"
)

// Drain closes every connection with 1001, runs $disconnect for each and waits for that, for handshakes and for
// messages in functions, until ctx ends.
func (a *API) Drain(ctx context.Context) error { return a.stop(ctx) }

// Stop is Drain without $disconnect: the functions may have stopped already.
func (a *API) Stop(ctx context.Context) error {
	a.silent.Store(true)
	return a.stop(ctx)
}

func (a *API) stop(ctx context.Context) error {
	entered := a.attempts.close()
	a.stopSweep()
	for _, c := range a.connections.all() {
		c.shut(causeIdle, causeIdle.reason)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-entered
		for _, c := range a.connections.all() { // those admitted last
			c.shut(causeIdle, causeIdle.reason)
		}
		a.running.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("websocket: stop %s: %w", a.config.APIID, ctx.Err())
	}
}
