package lambda

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// An invocation is one event in an instance.
type invocation struct {
	requestID string
	arn       string // as invoked, with the qualifier
	trace     string
	chain     lineage.Lineage // without this invocation
	payload   []byte
	deadline  time.Time
	injected  Injection

	answered chan answer   // receives one answer
	finished chan struct{} // closed when the runtime asks for the next invocation
}

// An answer is the runtime's response.
type answer struct {
	payload []byte
	failed  bool // posted to /error, or too large
}

func newInvocation(f Function, qualifier string, payload []byte, now time.Time, chain lineage.Lineage) *invocation {
	return &invocation{
		requestID: uuid.New(),
		arn:       invokedARN(f, qualifier),
		trace:     newTraceHeader(now, f.Traced, chain.Add(f.Name)),
		chain:     chain,
		payload:   payload,
		answered:  make(chan answer, 1),
		finished:  make(chan struct{}),
	}
}
