package client

import (
	"fmt"
	"strings"
)

// A Failure is a message of PublishBatch that was not sent, or may not have been.
type Failure struct {
	Index int    // in the slice given to PublishBatch
	ID    string // the message's, also if generated: to publish it again, set it
	Err   error  // a FieldError, an EntryError, an error of AWS or of the context
}

// A BatchError says which messages of PublishBatch failed. The others were sent. errors.Is and errors.As look into each
// failure.
type BatchError struct {
	Failures []Failure // in the order of the messages
	Total    int       // of messages given
}

// Error shows the first three failures.
func (e *BatchError) Error() string {
	const shown = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d messages failed", len(e.Failures), e.Total)
	for n, f := range e.Failures {
		if n == shown {
			fmt.Fprintf(&b, "; and %d more", len(e.Failures)-shown)
			break
		}
		separator := "; "
		if n == 0 {
			separator = ": "
		}
		fmt.Fprintf(&b, "%smessage %d (id %s): %v", separator, f.Index, clip(f.ID), f.Err)
	}
	return b.String()
}

// Unwrap returns the reasons.
func (e *BatchError) Unwrap() []error {
	reasons := make([]error, len(e.Failures))
	for n, f := range e.Failures {
		reasons[n] = f.Err
	}
	return reasons
}

// An EntryError is SQS's refusal of one message of a batch whose call succeeded.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html
type EntryError struct {
	Code        string // such as InternalError
	Message     string
	SenderFault bool // whether the message is to blame
}

// Error shows all fields.
func (e *EntryError) Error() string {
	return fmt.Sprintf("sqs refused the message: %s (sender fault: %t): %s", e.Code, e.SenderFault, e.Message)
}

// transient reports whether a retry can help. Throttling counts although SQS may call it the sender's fault, as it does
// for KMS.ThrottlingException on an encrypted queue.
func (e *EntryError) transient() bool {
	return !e.SenderFault || strings.Contains(e.Code, "Thrott")
}
