package messagescheduler

import (
	"cmp"
	"time"

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

// defaultSenders is how many instances of deliver share the rate of SES; Lambda takes no fewer. Each sends up to ten mails
// at a time, of some 100 ms, so that two suffice for 200 mails a second; more would only meet SES's throttling.
const defaultSenders = 2

// function is what the scheduler knows of one of its functions before the template's resources exist.
type function struct {
	name        string // folder under functions/messagescheduler
	id          string // construct id
	description string
	options     FunctionOptions
	memoryMB    int
	timeout     time.Duration
	readsQueue  bool
}

func (f function) memory() int { return cmp.Or(f.options.MemoryMB, f.memoryMB) }

// functions lists the scheduler's functions in the order in which a message meets them.
func (p *MessageSchedulerProps) functions() []function {
	return []function{
		{
			contract.FunctionAuthorize, "Authorize", "checks the token of a request",
			p.Authorize, smallMemory, answerTimeout, false,
		},
		{
			contract.FunctionSchedule, "Schedule", "schedules, lists, changes and cancels messages",
			p.Schedule, messageMemory, contract.TimeoutAPI, false,
		},
		{
			contract.FunctionSubscribers, "Subscribers", "keeps the subscribers of a group",
			p.Subscribers, smallMemory, contract.TimeoutAPI, false,
		},
		{
			contract.FunctionDispatch, "Dispatch", "hands what falls due to the due queue, each minute",
			p.Dispatch, messageMemory, contract.TimeoutDispatch, false,
		},
		{
			contract.FunctionExpand, "Expand", "turns a due message into one send for each subscriber",
			p.Expand, messageMemory, contract.TimeoutWorker, true,
		},
		{
			contract.FunctionDeliver, "Deliver", "sends mails at the rate that SES allows",
			p.Deliver, batchMemory, contract.TimeoutWorker, true,
		},
		{
			contract.FunctionFeedback, "Feedback", "notes bounces and complaints",
			p.Feedback, smallMemory, answerTimeout, false,
		},
	}
}

// authorizes reports whether the scheduler's own authorizer stands before the API.
func (p *MessageSchedulerProps) authorizes() bool {
	return p.Authorizer == nil && !p.AllowUnauthenticated
}
