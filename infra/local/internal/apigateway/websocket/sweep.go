package websocket

import (
	"context"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// sweepUntil closes idle and old connections and counts connection minutes. One sweeper for all costs less than a
// timer for each.
func (a *API) sweepUntil(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.services.Clock.After(a.config.Limits.SweepInterval):
			a.sweep()
		}
	}
}

func (a *API) sweep() {
	now := a.services.Clock.Now()
	limits := a.config.Limits
	minutes := 0.0
	for _, c := range a.connections.all() {
		minutes += c.unmetered(now)
		idle := now.Sub(time.UnixMilli(c.lastActive.Load()))
		if idle >= limits.IdleTimeout || now.Sub(c.connectedAt) >= limits.Lifetime {
			c.shut(causeIdle, causeIdle.reason)
		}
	}
	if minutes > 0 {
		a.services.Meter.Count("", edge.MeterService, edge.MeterConnectionMinute, minutes)
	}
}

// countMinutes counts what a connection has used since the last sweep.
func (a *API) countMinutes(c *connection, now time.Time) {
	if minutes := c.unmetered(now); minutes > 0 {
		a.services.Meter.Count("", edge.MeterService, edge.MeterConnectionMinute, minutes)
	}
}

// unmetered returns the minutes not yet metered, and marks them as metered.
func (c *connection) unmetered(now time.Time) float64 {
	until := now.UnixMilli()
	since := c.metered.Swap(until)
	return time.Duration(max(0, until-since) * int64(time.Millisecond)).Minutes()
}
