package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A QueueMessage is what the domain hands to a queue.
type QueueMessage struct {
	Body  string
	Group string        // fair queueing: one group's backlog does not delay the others; see Group
	Delay time.Duration // at most MaxDelay, rounded up to whole seconds
	Error string        // for dead letters: why the message was refused
}

// MaxDelay is the longest that SQS holds a message back.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
const MaxDelay = 15 * time.Minute

// Group names the fair-queue group of a room. It is a digest, because a room's name may be longer than the 128
// characters, and hold other characters, than SQS takes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
func Group(roomID string) string {
	sum := sha256.Sum256([]byte(roomID))
	return hex.EncodeToString(sum[:16])
}
