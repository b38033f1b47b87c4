package subscriber

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// afterwards bounds the writing of the receipt when the deadline has passed.
const afterwards = 800 * time.Millisecond

// once runs do for a message and a receiver unless that was done before. A failure releases the claim, unless the mail may
// have been sent: then, and when the function is killed, Mailed has until the lease ends to note that it was.
func (s *Subscriber) once(ctx context.Context, messageID, receiver string, do func() error) error {
	claim, err := s.Receipts.Claim(ctx, messageID, receiver, s.Now().Add(contract.Lease))
	switch {
	case err != nil:
		return fmt.Errorf("subscriber: %w", err)
	case claim == ClaimSent:
		return nil
	case claim == ClaimBusy:
		return fmt.Errorf("subscriber: %w", ErrBusy)
	}
	failure := do()
	if errors.Is(failure, ErrUnanswered) {
		return failure
	}
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

// Mailed notes that SES has sent a message's mail to a receiver.
func (s *Subscriber) Mailed(ctx context.Context, messageID, receiver string) error {
	if err := s.Receipts.Sent(ctx, messageID, receiver); err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	return nil
}
