// Package deadline keeps time back at the end of an invocation.
package deadline

import (
	"context"
	"time"
)

// Reserve is the time kept back at the end of an invocation, to report what could not be done.
const Reserve = time.Second

// WithReserve returns ctx, ended Reserve early. Work runs in it; the report of what failed runs in ctx.
func WithReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-Reserve))
}
