// Package queue holds what the domain packages say to a queue, without knowing SQS.
package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A Message is one message to send.
type Message struct {
	Body  string
	Group string        // fair queueing: one group's backlog does not delay the others; see Group
	Delay time.Duration // at most MaxDelay, rounded up to whole seconds
	Error string        // for dead letters: why the message was refused
	// Permanent says of a dead letter that it would be refused again, however often it is redriven.
	Permanent bool
}

// A Record is one message received.
type Record struct {
	ID     string // the queue's id of the message
	Body   string
	SentAt time.Time // when it was sent; the zero time if the queue does not say
}

// A Sender sends messages. The result has one error for each message, nil for those that the queue accepted.
type Sender interface {
	Send(ctx context.Context, messages []Message) []error
}

// A Release makes a received message visible to others again, before its visibility timeout ends.
type Release struct {
	Receipt string        // the handle of the message as it was received
	Delay   time.Duration // until it is visible
}

// A Releaser releases messages.
type Releaser interface {
	Release(ctx context.Context, releases []Release) error
}

// MaxDelay is the longest that SQS holds a message back.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
const MaxDelay = 15 * time.Minute

// Group returns the fair-queue group of a room, or of a scheduler's group. It is a digest, because a name may be longer
// than the 128 characters, and hold other characters, than SQS accepts.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
func Group(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}
