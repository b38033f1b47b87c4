package resource

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// NewQueue makes a queue, encrypted with the key of SQS, with which other services can write to it too, or with the one of
// the options; or takes the one given, which Queue has seen.
func NewQueue(given awssqs.IQueue, scope constructs.Construct, id string, props awssqs.QueueProps, options Options) awssqs.IQueue {
	if given != nil {
		return given
	}
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	if options.Key != nil {
		props.Encryption, props.EncryptionMasterKey = awssqs.QueueEncryption_KMS, options.Key
	}
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = options.RemovalPolicy
	return awssqs.NewQueue(scope, jsii.String(id), &props)
}

// NewDeadLetterQueue makes a queue that keeps messages for as long as SQS can, 14 days; or takes the one given.
func NewDeadLetterQueue(given awssqs.IQueue, scope constructs.Construct, id string, options Options) awssqs.IQueue {
	return NewQueue(given, scope, id, awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))}, options)
}

// A WorkQueue is a queue that a function reads, with its dead-letter queue, as they were given.
type WorkQueue struct {
	Name, DeadName string // of the props
	Queue, Dead    awssqs.IQueue
	Timeout        time.Duration // of the function
}

// Check checks what was given. Of an imported queue only whether it is a FIFO queue is known.
func (w WorkQueue) Check(e *validate.Errors) {
	CheckStandard(e, w.DeadName, w.Dead)
	CheckStandard(e, w.Name, w.Queue)
	if w.Queue == nil {
		return
	}
	// The function sends what can never be handled to the dead-letter queue itself.
	if w.Dead == nil {
		e.Addf("%s is missing, which %s needs", w.DeadName, w.Name)
	}
	made, ok := w.Queue.Node().DefaultChild().(awssqs.CfnQueue)
	if !ok {
		return
	}
	if made.RedrivePolicy() == nil {
		e.Addf("%s must have a dead-letter queue", w.Name)
	}
	visibility := 30 * time.Second // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
	if seconds := made.VisibilityTimeout(); seconds != nil {
		visibility = time.Duration(*seconds) * time.Second
	}
	// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
	if visibility < w.Timeout {
		e.Addf("%s must have a visibility timeout of at least %s, the timeout of its function, got %s", w.Name, w.Timeout, visibility)
	}
}

// CheckStandard refuses a FIFO queue: messages have no groups, and repeats of a message are meant.
func CheckStandard(e *validate.Errors, name string, queue awssqs.IQueue) {
	if queue != nil && *queue.Fifo() {
		e.Addf("%s must be a standard queue, got the FIFO queue %q", name, *queue.Node().Path())
	}
}
