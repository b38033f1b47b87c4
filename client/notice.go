package client

import (
	"context"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// AskToReconnect asks the hermes.v1 clients of a room to renew their connections, each at a random moment within the time
// given: whole seconds, up to an hour; zero is a minute. A client leaves its old connection when the new one has caught up,
// so that nothing is missed. Send it before replacing what connections depend on. Errors: those of Publish.
func (p *Publisher) AskToReconnect(ctx context.Context, roomID string, within time.Duration) error {
	if within%time.Second != 0 {
		return fmt.Errorf("client: ask to reconnect: %w", fieldError("within", within.String(), ErrInvalidField))
	}
	notice := contract.Publication{RoomID: roomID, Notice: contract.NoticeReconnect, Within: int(within / time.Second)}
	if err := notice.Validate(); err != nil {
		return fmt.Errorf("client: ask to reconnect: %w", err)
	}
	raw, err := marshal(notice)
	if err != nil {
		return fmt.Errorf("client: ask to reconnect: %w", err)
	}
	body := xmlNoncharacters.Replace(string(raw))
	failed := make([]error, 1)
	p.sendAll(ctx, []entry{{body: body, size: len(body) + p.attrBytes}}, failed)
	if failed[0] != nil {
		return fmt.Errorf("client: ask to reconnect: %w", failed[0])
	}
	return nil
}
