package snsevent

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// mailEvent is an event of SES that reports a mail.
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
type mailEvent struct {
	Detail struct {
		Mail struct {
			Tags map[string][]string `json:"tags"`
		} `json:"mail"`
	} `json:"detail"`
}

// mailed handles the event that a mail was sent. Mails without the tags are not the function's.
func (h Handler) mailed(ctx context.Context, event []byte) error {
	var in mailEvent
	if err := json.Unmarshal(event, &in); err != nil {
		return fmt.Errorf("snsevent: %w: %w", ErrUnknownEvent, err)
	}
	messageID, receiver := in.Detail.Mail.Tags[contract.TagMessageID], in.Detail.Mail.Tags[contract.TagReceiver]
	if len(messageID) != 1 || len(receiver) != 1 {
		return nil
	}
	return h.Receiver.Mailed(ctx, messageID[0], receiver[0])
}
