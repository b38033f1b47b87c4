package snsevent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
)

// A Receiver handles messages of SNS; *budgetalert.Subscriber is one.
type Receiver interface {
	Receive(ctx context.Context, body []byte, header http.Header) error
	ReceiveAgain(ctx context.Context, body []byte) error
}

// A HandleFunc handles one event of any kind.
type HandleFunc = func(ctx context.Context, event json.RawMessage) (any, error)

// A Handler is the function.
type Handler struct {
	Receiver Receiver
	Log      *slog.Logger
}

// ErrUnknownEvent says that the function was invoked by something that it does not know.
var ErrUnknownEvent = errors.New("unknown event")

// Handle answers one event. Its form tells where it is from.
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
	default:
		return h.http(ctx, event)
	}
}

// Sources that write records.
const (
	sourceSQS = "aws:sqs"
	sourceSNS = "aws:sns"
)

// sourceOf is one of these, or "http".
func sourceOf(event []byte) (string, error) {
	var form struct {
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
	if len(form.Records) > 0 {
		if source := form.Records[0].EventSource; source == sourceSQS || source == sourceSNS {
			return source, nil
		}
	}
	return "", fmt.Errorf("snsevent: %w: neither an HTTP request nor records of SNS or SQS", ErrUnknownEvent)
}
