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
	// afterwards bounds the writing of the receipt when the deadline has passed.
	afterwards = 800 * time.Millisecond
)

// once runs do for a message and a receiver unless that was done before. A failure releases the claim.
//
// The function may be killed between do and its receipt; then the receiver is notified twice, which is better than
// never.
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
		// Returned, this error would make SNS redeliver what was done; if it is only logged, the claim ends with its
		// lease.
		s.Log.ErrorContext(ctx, "receipt not noted", "message_id", messageID, "receiver", receiver, "error", err)
	}
	return failure
}

// lease returns when this invocation can no longer be alive.
func (s *Subscriber) lease(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline.Add(leaseBeyond)
	}
	return s.Now().Add(leaseDefault)
}
