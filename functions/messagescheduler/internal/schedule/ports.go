package schedule

import (
	"context"
	"time"
)

// A Page is a part of a list.
type Page struct {
	Messages []Message
	Next     string // "" at the end
}

// A Filter narrows a list. From is included, To is not.
type Filter struct {
	Group    string
	Status   Status // "": any
	From, To time.Time
	Limit    int
	After    string // Next of the page before
}

// Messages stores messages.
type Messages interface {
	// Create writes a message, or returns ErrExists.
	Create(ctx context.Context, m Message) error
	// Get reads a message with a consistent read.
	Get(ctx context.Context, group, key string) (m Message, found bool, err error)
	// Update writes m if the stored message has the revision seen, or returns ErrConflict.
	Update(ctx context.Context, m Message, seen int64) error
	// List reads a page by due time; it may miss recent writes.
	List(ctx context.Context, f Filter) (Page, error)
}

// Contents stores the contents of messages. Objects never change.
type Contents interface {
	Put(ctx context.Context, m Message, c Content) error
	Get(ctx context.Context, object string) (Content, error)
}

// A Directory knows which groups have subscribers.
type Directory interface {
	HasAny(ctx context.Context, group string) (bool, error)
}

// A Result is the result of an occurrence for one subscriber.
type Result struct {
	Subscriber string
	Due        time.Time
	Status     string // sending, retrying, sent, failed, suppressed
	Reason     string
	MessageID  string // SES's
	Attempts   int
	At         time.Time
}

// Results reads the results of deliveries.
type Results interface {
	Results(ctx context.Context, group, key string, due time.Time, after string, limit int) (results []Result, next string, err error)
}
