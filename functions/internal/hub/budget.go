package hub

import (
	"context"
	"time"
)

// ReportReserve is the time kept back at the end of an invocation, to report what could not be done.
const ReportReserve = time.Second

// WorkContext is ctx, ended ReportReserve early. Work runs in it; the report of what failed runs in ctx.
func WorkContext(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-ReportReserve))
}
