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

// Subscribers lists a group.
type Subscribers interface {
	// Receiving calls page with each page of subscribers after the id after, in the order of their ids, without those that
	// have not confirmed or have left. It returns page's error as it is.
	Receiving(ctx context.Context, group, after string, page func([]Subscriber) error) error
}

// Contents finishes contents as well.
type Contents interface {
	Get(ctx context.Context, object string) (schedule.Content, error)
	// Finish marks the content of a finished message, for the bucket's lifecycle.
	Finish(ctx context.Context, m schedule.Message) error
}

// Records notes results that need no send.
type Records interface {
	Suppress(ctx context.Context, d delivery.ID, reason string) error
}
