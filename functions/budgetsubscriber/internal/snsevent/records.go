package snsevent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// snsRecords is an event of SNS, with each message as it was written: a signature is of these very bytes.
type snsRecords struct {
	Records []struct {
		EventSource string          `json:"EventSource"`
		Sns         json.RawMessage `json:"Sns"`
	} `json:"Records"`
}

// topic handles messages that SNS delivers to the function without an endpoint. Lambda retries an event after an error,
// and then sends it to the dead-deadLetter queue; so only what a retry or an operator can cure is an error.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func (h Handler) topic(ctx context.Context, event []byte) error {
	var in snsRecords
	if err := json.Unmarshal(event, &in); err != nil {
		return fmt.Errorf("snsevent: %w: %w", ErrUnknownEvent, err)
	}
	var failures []error
	for _, record := range in.Records {
		err := h.Receiver.Receive(ctx, record.Sns, nil)
		status := StatusCode(err)
		h.log(ctx, status, err)
		if status == http.StatusInternalServerError || status == http.StatusConflict {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// queue handles messages that were moved from the dead-deadLetter queue to the redrive queue. One that fails again returns
// to the dead-deadLetter queue by the redrive queue's own policy, with its attributes.
func (h Handler) queue(ctx context.Context, event []byte) (events.SQSEventResponse, error) {
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	var in events.SQSEvent
	if err := json.Unmarshal(event, &in); err != nil {
		return answer, fmt.Errorf("snsevent: %w: %w", ErrUnknownEvent, err)
	}
	for _, record := range in.Records {
		if err := h.again(ctx, []byte(record.Body)); err != nil {
			h.Log.ErrorContext(ctx, "dead letter not delivered", "record_id", record.MessageId, "status", StatusCode(err), "error", withoutText(err))
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
		}
	}
	return answer, nil
}

// again handles a dead letter, which is a message of SNS or the event with which SNS invoked the function.
func (h Handler) again(ctx context.Context, deadLetter []byte) error {
	var in snsRecords
	if err := json.Unmarshal(deadLetter, &in); err != nil || len(in.Records) == 0 {
		return h.Receiver.ReceiveAgain(ctx, deadLetter)
	}
	var failures []error
	for _, record := range in.Records {
		failures = append(failures, h.Receiver.ReceiveAgain(ctx, record.Sns))
	}
	return errors.Join(failures...)
}

// withoutText hides the message's text, which the error for a message that is not understood quotes.
func withoutText(err error) string {
	if StatusCode(err) == http.StatusBadRequest {
		return http.StatusText(http.StatusBadRequest)
	}
	return err.Error()
}
