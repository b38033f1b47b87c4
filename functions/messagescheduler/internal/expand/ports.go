package expand

import (
	"context"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// A Subscriber is one recipient.
type Subscriber struct {
	ID, Email, Name string
	Suppressed      string // why it gets nothing although it subscribed; "" otherwise
}

// Subscribers reads the subscribers of a group.
type Subscribers interface {
	// Receiving calls page with each page of subscribers after the id after, in order of their ids, without those that
	// have not confirmed or have unsubscribed. It returns page's error as it is.
	Receiving(ctx context.Context, group, after string, page func([]Subscriber) error) error
}

// Contents reads and finishes contents.
type Contents interface {
	Get(ctx context.Context, object string) (schedule.Content, error)
	// Finish marks the content of a finished message, for the bucket's lifecycle.
	Finish(ctx context.Context, m schedule.Message) error
}

// Records records results that need no delivery.
type Records interface {
	Suppress(ctx context.Context, d delivery.ID, reason string) error
}
