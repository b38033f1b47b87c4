package broadcast

import (
	"context"
	"errors"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// bury sends records that can never succeed to the dead-letter queue, at once: left in the intake queue they would be
// tried again until the queue gives up, and nobody would learn why. It returns the ids of those that are still here.
func (b *Broadcaster) bury(ctx context.Context, dead []poison) (failed []string) {
	if len(dead) == 0 {
		return nil
	}
	letters := make([]queue.Message, len(dead))
	for i, p := range dead {
		letters[i] = queue.Message{Body: p.record.Body, Error: p.reason.Error()}
	}
	for i, err := range b.DeadLetters.Send(ctx, letters) {
		id := dead[i].record.ID
		if err != nil {
			b.Log.ErrorContext(ctx, "dead letter not sent", "record_id", id, "reason", dead[i].kind(), "error", err)
			failed = append(failed, id)
			continue
		}
		b.Log.WarnContext(ctx, "publication refused", "record_id", id, "reason", dead[i].kind())
	}
	return failed
}

// kind is the reason without its detail, which quotes the body; logs hold no bodies.
func (p poison) kind() string {
	for _, kind := range []error{contract.ErrNotJSON, contract.ErrMissingField, contract.ErrInvalidField, contract.ErrTooLarge} {
		if errors.Is(p.reason, kind) {
			return kind.Error()
		}
	}
	return "refused"
}
