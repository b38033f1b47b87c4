package snsevent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/internal/deadline"
)

// A Receiver handles messages of SNS; *subscriber.Subscriber is one.
type Receiver interface {
	Receive(ctx context.Context, body []byte, header http.Header) error
	ReceiveAgain(ctx context.Context, body []byte) error
	Mailed(ctx context.Context, messageID, receiver string) error
}

// A HandleFunc handles one event of any kind.
type HandleFunc = func(ctx context.Context, event json.RawMessage) (any, error)

// A Handler handles the function's events.
type Handler struct {
	Receiver Receiver
	Log      *slog.Logger
}

// ErrUnknownEvent is returned for an event of an unknown source.
var ErrUnknownEvent = errors.New("unknown event")

// Handle handles one event. Its fields show its source.
func (h Handler) Handle(ctx context.Context, event json.RawMessage) (any, error) {
	ctx, cancel := deadline.WithReserve(ctx)
	defer cancel()
	switch source, err := sourceOf(event); {
	case err != nil:
		return nil, err
	case source == sourceSQS:
		return h.queue(ctx, event)
	case source == sourceSNS:
		return nil, h.topic(ctx, event)
	case source == contract.EventSource:
		return nil, h.mailed(ctx, event)
	default:
		return h.http(ctx, event)
	}
}

// Sources of events with records.
const (
	sourceSQS = "aws:sqs"
	sourceSNS = "aws:sns"
)

// sourceOf returns one of these, contract.EventSource or "http".
func sourceOf(event []byte) (string, error) {
	var form struct {
		Source  string `json:"source"`
		Records []struct {
			EventSource string `json:"eventSource"` // SNS writes it with a capital, which encoding/json takes too
		}
		RequestContext struct {
			HTTP struct{ Method string } `json:"http"`
		} `json:"requestContext"`
	}
	if err := json.Unmarshal(event, &form); err != nil {
		return "", fmt.Errorf("snsevent: %w: %w", ErrUnknownEvent, err)
	}
	if form.RequestContext.HTTP.Method != "" {
		return "http", nil
	}
	if form.Source == contract.EventSource {
		return form.Source, nil
	}
	if len(form.Records) > 0 {
		if source := form.Records[0].EventSource; source == sourceSQS || source == sourceSNS {
			return source, nil
		}
	}
	return "", fmt.Errorf("snsevent: %w: neither an HTTP request, nor records of SNS or SQS, nor an event of SES", ErrUnknownEvent)
}
