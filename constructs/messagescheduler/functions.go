package messagescheduler

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// answerTimeout is that of the functions that answer at once; the contract has the others.
const answerTimeout = 10 * time.Second

// Memory of the functions in MB. A message holds up to 5 MB, and several times that while it is read and rewritten.
const (
	smallMemory   = 256
	messageMemory = 512
	batchMemory   = 1024
)

// function is what the scheduler knows of one of its functions before the template's resources exist.
type function struct {
	name        string // folder under functions/messagescheduler
	id          string // construct id
	description string
	options     FunctionOptions
	memoryMB    int
	timeout     time.Duration
	readsQueue  bool
	mailOnly    bool // of no use to a scheduler without a sender
}

// recursiveLoop allows two functions to queue again what they have read, without end by design: expand queues the next
// occurrence of a message that repeats, and deliver puts back a mail while SES throttles, for up to a day. By default Lambda
// drops a message after some 16 such hops: repeats would end and mails be lost. Each hop moves on in time or waits, so that
// neither loop can run away; the alarms on age and dead letters watch both.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
func (f function) recursiveLoop() awslambda.RecursiveLoop {
	if f.name == contract.FunctionExpand || f.name == contract.FunctionDeliver {
		return awslambda.RecursiveLoop_ALLOW
	}
	return ""
}

// functions lists the scheduler's functions in the order in which a message meets them.
func (p *MessageSchedulerProps) functions() []function {
	return []function{
		{
			contract.FunctionAuthorize, "Authorize", "checks the token of a request",
			p.Authorize, smallMemory, answerTimeout, false, false,
		},
		{
			contract.FunctionSchedule, "Schedule", "schedules, lists, changes and cancels messages",
			p.Schedule, messageMemory, contract.TimeoutAPI, false, false,
		},
		{
			contract.FunctionSubscribers, "Subscribers", "keeps the subscribers of a group",
			p.Subscribers, smallMemory, contract.TimeoutAPI, false, false,
		},
		{
			contract.FunctionDispatch, "Dispatch", "hands what falls due to the due queue, each minute",
			p.Dispatch, messageMemory, contract.TimeoutDispatch, false, false,
		},
		{
			contract.FunctionExpand, "Expand", "turns a due message into one send for each subscriber",
			p.Expand, messageMemory, contract.TimeoutWorker, true, false,
		},
		{
			contract.FunctionDeliver, "Deliver", "sends mails at the rate that SES allows",
			p.Deliver, batchMemory, contract.TimeoutWorker, true, true,
		},
		{
			contract.FunctionFeedback, "Feedback", "notes bounces and complaints",
			p.Feedback, smallMemory, answerTimeout, false, true,
		},
	}
}

// authorizes reports whether the scheduler's own authorizer stands before the API.
func (p *MessageSchedulerProps) authorizes() bool {
	return p.Authorizer == nil && !p.AllowUnauthenticated
}
