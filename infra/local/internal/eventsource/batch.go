package eventsource

import (
	"bytes"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// maxEventBytes is the largest payload of an invocation: a larger batch is split, as on AWS.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
const maxEventBytes = 6 * 1024 * 1024

// A batch is the messages of one invocation and its payload.
type batch struct {
	messages  []types.Message
	payload   []byte
	duplicate bool // of messages that were delivered before, which are deleted there
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
	}
	finish()
	return batches
}
