package subscriber

import (
	"context"
	"fmt"
	"time"
)

const (
	// leaseBeyond outlives the second that the function keeps back from its deadline.
	leaseBeyond = 2 * time.Second
	// leaseDefault is for callers without a deadline.
	leaseDefault = 30 * time.Second
	// afterwards bounds what must still be noted when the deadline has passed.
	afterwards = 800 * time.Millisecond
)

// once does something for a message and a receiver unless it was done before. A failure gives the claim back.
//
// Between doing and noting it there is a moment in which the function may be killed; then the receiver is told twice,
// which is better than never.
func (s *Subscriber) once(ctx context.Context, messageID, receiver string, do func() error) error {
	claim, err := s.Receipts.Claim(ctx, messageID, receiver, s.lease(ctx))
	switch {
	case err != nil:
		return fmt.Errorf("subscriber: %w", err)
	case claim == ClaimSent:
		return nil
	case claim == ClaimBusy:
		return fmt.Errorf("subscriber: %w", ErrBusy)
	}
	failure := do()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	note := s.Receipts.Sent
	if failure != nil {
		note = s.Receipts.Release
	}
	if err := note(ctx, messageID, receiver); err != nil {
		// A failure here would have SNS repeat what was done; the lease's end does so in the worst case.
		s.Log.ErrorContext(ctx, "receipt not noted", "message_id", messageID, "receiver", receiver, "error", err)
	}
	return failure
}

// lease ends when this invocation can no longer be alive.
func (s *Subscriber) lease(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline.Add(leaseBeyond)
	}
	return s.Now().Add(leaseDefault)
}
