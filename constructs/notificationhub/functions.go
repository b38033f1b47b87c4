package notificationhub

import (
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Timeouts of the functions. The queues' visibility follows from broadcastTimeout; API Gateway waits 29 s at most.
const (
	answerTimeout    = 10 * time.Second
	broadcastTimeout = 30 * time.Second
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
}

func (f function) timeout() time.Duration {
	if f.readsQueue {
		return broadcastTimeout
	}
	return answerTimeout
}

func (f function) memory() int {
	switch {
	case f.options.MemoryMB != 0:
		return f.options.MemoryMB
	case f.readsQueue:
		return broadcastMemory
	default:
		return answerMemory
	}
}

// functions lists the hub's functions in the order in which a connection meets them.
func (p *NotificationHubProps) functions() []function {
	return []function{
		{contract.FunctionAuthorize, "Authorize", "checks the token of a new connection", p.Authorize, false},
		{contract.FunctionConnect, "Connect", "records a connection", p.Connect, false},
		{contract.FunctionDisconnect, "Disconnect", "forgets a connection", p.Disconnect, false},
		{contract.FunctionSend, "Send", "takes a message from a client into the intake queue", p.Send, false},
		{contract.FunctionDefault, "DefaultAction", "answers hello, ping, history and unknown actions", p.Default, false},
		{contract.FunctionBroadcast, "Broadcast", "numbers, keeps and fans out messages of the intake queue", p.Broadcast, true},
		{contract.FunctionDeliver, "Deliver", "delivers one chunk of a large room", p.Deliver, true},
	}
}
