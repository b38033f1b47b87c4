package notificationhub

import (
	"cmp"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Timeouts of the functions. API Gateway waits 29 s at most. That of the workers is short because the queues' visibility
// follows from it: a record waits so long if its invocation is killed. What does not fit is queued again.
const (
	answerTimeout = 10 * time.Second
	workerTimeout = 4 * time.Second
)

// Memory of the functions in MB. Broadcast and deliver sign and send thousands of requests, and CPU comes with memory.
const (
	answerMemory    = 256
	broadcastMemory = 1024
)

// function is what the hub knows of one of its functions before the template's resources exist.
type function struct {
	name        string // folder under functions/notificationhub
	id          string // construct id
	description string
	options     FunctionOptions
	readsQueue  bool
	timeout     time.Duration
}

func (f function) memory() int {
	if f.readsQueue {
		return broadcastMemory
	}
	return answerMemory
}

// functions lists the hub's functions in the order in which a connection meets them.
func (p *NotificationHubProps) functions() []function {
	return []function{
		{contract.FunctionAuthorize, "Authorize", "checks the token of a new connection", p.Authorize, false, answerTimeout},
		{contract.FunctionConnect, "Connect", "records a connection", p.Connect, false, answerTimeout},
		{contract.FunctionDisconnect, "Disconnect", "forgets a connection", p.Disconnect, false, answerTimeout},
		{contract.FunctionSend, "Send", "takes a message from a client into the intake queue", p.Send, false, answerTimeout},
		{contract.FunctionDefault, "DefaultAction", "answers hello, ping, history and unknown actions", p.Default, false, answerTimeout},
		{contract.FunctionBroadcast, "Broadcast", "numbers, keeps and fans out messages of the intake queue", p.Broadcast, true, p.intakeVisibility()},
		{contract.FunctionDeliver, "Deliver", "delivers one chunk of a large room", p.Deliver, true, workerTimeout},
	}
}

func (p *NotificationHubProps) logsAccess() bool { return p.AccessLogs || p.AccessLogGroup != nil }

// intakeVisibility is also the timeout of broadcast: SQS wants the one not to be shorter than the other, and a record of a
// killed invocation need not wait longer than that might have worked.
func (p *NotificationHubProps) intakeVisibility() time.Duration {
	return cmp.Or(p.IntakeVisibilityTimeout, workerTimeout)
}
