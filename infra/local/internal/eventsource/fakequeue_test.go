package eventsource

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// A fakeQueue is one queue and its dead-letter queue in memory, with long polling, visibility, delay and redrive.
type fakeQueue struct {
	mu         sync.Mutex
	changed    chan struct{}
	messages   []*fakeMessage
	dead       []string
	visibility time.Duration
	maxReceive int // 0: no redrive
	handles    int
	receives   int // calls
	failNext   error
}

type fakeMessage struct {
	types.Message
	visibleAt time.Time
	received  int
	handle    string
}

func newFakeQueue(visibility time.Duration, maxReceive int) *fakeQueue {
	return &fakeQueue{changed: make(chan struct{}), visibility: visibility, maxReceive: maxReceive}
}

func (q *fakeQueue) send(body string, delay time.Duration, attributes map[string]types.MessageAttributeValue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	sum := md5.Sum([]byte(body))
	id, digest := uuid.New(), hex.EncodeToString(sum[:])
	q.messages = append(q.messages, &fakeMessage{
		Message: types.Message{
			MessageId: &id, Body: &body, MD5OfBody: &digest, MessageAttributes: attributes,
			Attributes: map[string]string{"SentTimestamp": strconv.FormatInt(time.Now().UnixMilli(), 10)},
		},
		visibleAt: time.Now().Add(delay),
	})
	q.wake()
}

func (q *fakeQueue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

func (q *fakeQueue) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	q.mu.Lock()
	q.receives++
	err := q.failNext
	q.failNext = nil
	q.mu.Unlock()
	if err != nil {
		return nil, err
	}
	expired := time.After(time.Duration(in.WaitTimeSeconds) * time.Second)
	for {
		messages, changed, next := q.take(int(in.MaxNumberOfMessages))
		if len(messages) > 0 || in.WaitTimeSeconds == 0 {
			return &sqs.ReceiveMessageOutput{Messages: messages}, nil
		}
		var visible <-chan time.Time
		if !next.IsZero() {
			visible = time.After(time.Until(next))
		}
		select {
		case <-changed:
		case <-visible:
		case <-expired:
			return &sqs.ReceiveMessageOutput{}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take hides and returns what is visible, and when something else will be.
func (q *fakeQueue) take(most int) (taken []types.Message, changed <-chan struct{}, next time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	var kept []*fakeMessage
	for _, m := range q.messages {
		if m.visibleAt.After(now) || len(taken) == most {
			if next.IsZero() || m.visibleAt.Before(next) {
				next = m.visibleAt
			}
			kept = append(kept, m)
			continue
		}
		m.received++
		if q.maxReceive > 0 && m.received > q.maxReceive {
			q.dead = append(q.dead, *m.Body)
			continue
		}
		q.handles++
		m.handle = fmt.Sprint("handle-", q.handles)
		m.visibleAt = now.Add(q.visibility)
		copied := m.Message
		handle := m.handle
		copied.ReceiptHandle = &handle
		copied.Attributes = maps.Clone(m.Attributes)
		copied.Attributes["ApproximateReceiveCount"] = strconv.Itoa(m.received)
		taken = append(taken, copied)
		kept = append(kept, m)
	}
	q.messages = kept
	return taken, q.changed, next
}

func (q *fakeQueue) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(in.Entries) > 10 {
		return nil, fmt.Errorf("%d entries", len(in.Entries))
	}
	gone := map[string]bool{}
	for _, e := range in.Entries {
		gone[*e.ReceiptHandle] = true
	}
	var kept []*fakeMessage
	for _, m := range q.messages {
		if !gone[m.handle] {
			kept = append(kept, m)
		}
	}
	q.messages = kept
	return &sqs.DeleteMessageBatchOutput{}, nil
}

func (q *fakeQueue) GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{"VisibilityTimeout": strconv.Itoa(int(q.visibility / time.Second))}}, nil
}

func (q *fakeQueue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.messages)
}

func (q *fakeQueue) deadBodies() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string(nil), q.dead...)
}

func (q *fakeQueue) calls() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.receives
}
