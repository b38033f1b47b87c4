package eventsource

import (
	"bytes"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// maxEventBytes is the largest payload of an invocation: a larger batch is split, as on AWS.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
const maxEventBytes = 6 * 1024 * 1024

// A batch is the messages of one invocation and its payload.
type batch struct {
	messages  []types.Message
	payload   []byte
	duplicate bool // of messages that were delivered before, which are deleted there
	chain     lineage.Lineage
}

const (
	eventHead = `{"Records":[`
	eventTail = `]}`
)

// pack puts messages into batches in their order, each small enough for an invocation.
func (s *EventSource) pack(messages []types.Message) []batch {
	var batches []batch
	current := batch{}
	var payload bytes.Buffer
	finish := func() {
		if len(current.messages) == 0 {
			return
		}
		payload.WriteString(eventTail)
		current.payload = bytes.Clone(payload.Bytes())
		batches = append(batches, current)
		current = batch{}
		payload.Reset()
	}
	for _, m := range messages {
		record, err := encodeRecord(m, s.mapping.QueueARN, s.region)
		if err != nil { // strings and bytes always marshal
			s.logger.Error("message not encoded", slog.Any("error", err))
			continue
		}
		if payload.Len()+len(record)+len(eventTail)+1 > maxEventBytes {
			finish()
		}
		if len(current.messages) == 0 {
			payload.WriteString(eventHead)
		} else {
			payload.WriteByte(',')
		}
		payload.Write(record)
		current.messages = append(current.messages, m)
		current.chain = longer(current.chain, lineage.Of(m.Attributes[lineage.Attribute]), s.mapping.Function)
	}
	finish()
	return batches
}

// longer returns the lineage that has invoked a function more often. AWS does not document how a batch of several chains counts.
func longer(a, b lineage.Lineage, function string) lineage.Lineage {
	if a == "" || b.Count(function) > a.Count(function) {
		return b
	}
	return a
}
