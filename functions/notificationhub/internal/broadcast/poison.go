package broadcast

import (
	"context"
	"errors"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// sendToDeadLetterQueue sends records that can never succeed to the dead-letter queue, with the reason. Left on the intake
// queue, they would be retried until SQS moves them, without a reason. It returns the ids of those it could not send.
func (b *Broadcaster) sendToDeadLetterQueue(ctx context.Context, dead []poison) (failed []string) {
	if len(dead) == 0 {
		return nil
	}
	messages := make([]queue.Message, len(dead))
	for i, p := range dead {
		messages[i] = queue.Message{Body: p.record.Body, Error: p.reason.Error(), Permanent: true}
	}
	for i, err := range b.DeadLetters.Send(ctx, messages) {
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

// kind returns the reason without its detail, which quotes the body: logs never contain bodies.
func (p poison) kind() string {
	for _, kind := range []error{contract.ErrNotJSON, contract.ErrMissingField, contract.ErrInvalidField, contract.ErrTooLarge} {
		if errors.Is(p.reason, kind) {
			return kind.Error()
		}
	}
	return "refused"
}
