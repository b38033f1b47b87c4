package subscribers

import "context"

// A Store stores subscribers.
type Store interface {
	// Add writes s unless its id exists, and then returns the existing subscriber.
	Add(ctx context.Context, s Subscriber) (kept Subscriber, added bool, err error)
	Get(ctx context.Context, group, id string) (s Subscriber, found bool, err error)
	// SetStatus changes an existing subscriber's status; found is false if there is none.
	SetStatus(ctx context.Context, group, id, status string) (found bool, err error)
	Remove(ctx context.Context, group, id string) (found bool, err error)
	List(ctx context.Context, group, after string, limit int) (page []Subscriber, next string, err error)
}
