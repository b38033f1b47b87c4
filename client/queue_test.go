package client

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

// fakeQueue takes batches as SQS does, and fails as its script says.
type fakeQueue struct {
	mu     sync.Mutex
	bodies []string   // taken, in order
	calls  [][]string // bodies of each call, as they came
	// onCall, if set, decides call n (from 0): an error for the whole of it.
	onCall func(n int) error
	// onEntry, if set, decides an entry of call n: nil takes it, an error of code "" leaves it out of the answer.
	onEntry func(n int, body string) *types.BatchResultErrorEntry
	inputs  []*sqs.SendMessageBatchInput
}

func (q *fakeQueue) SendMessageBatch(ctx context.Context, in *sqs.SendMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := len(q.calls)
	q.inputs = append(q.inputs, in)
	q.calls = append(q.calls, bodiesOf(in))
	if err := q.refusal(in); err != nil {
		return nil, err
	}
	if q.onCall != nil {
		if err := q.onCall(n); err != nil {
			return nil, err
		}
	}
	out := &sqs.SendMessageBatchOutput{}
	for _, e := range in.Entries {
		q.take(n, e, out)
	}
	return out, nil
}

// refusal is what SQS says of a call over its limits.
func (q *fakeQueue) refusal(in *sqs.SendMessageBatchInput) error {
	total := 0
	for _, e := range in.Entries {
		total += len(*e.MessageBody)
		for name, a := range e.MessageAttributes {
			total += len(name) + len(*a.DataType) + len(*a.StringValue)
		}
	}
	switch {
	case len(in.Entries) == 0:
		return &types.EmptyBatchRequest{}
	case len(in.Entries) > 10:
		return &types.TooManyEntriesInBatchRequest{}
	case total > 1024*1024:
		return &types.BatchRequestTooLong{}
	}
	return nil
}

func (q *fakeQueue) take(n int, e types.SendMessageBatchRequestEntry, out *sqs.SendMessageBatchOutput) {
	if q.onEntry != nil {
		if f := q.onEntry(n, *e.MessageBody); f != nil {
			if f.Code != nil {
				f.Id = e.Id
				out.Failed = append(out.Failed, *f)
			}
			return
		}
	}
	q.bodies = append(q.bodies, *e.MessageBody)
	out.Successful = append(out.Successful, types.SendMessageBatchResultEntry{Id: e.Id})
}

func bodiesOf(in *sqs.SendMessageBatchInput) []string {
	var bodies []string
	for _, e := range in.Entries {
		bodies = append(bodies, *e.MessageBody)
	}
	return bodies
}

func refuse(code string, senderFault bool) *types.BatchResultErrorEntry {
	return &types.BatchResultErrorEntry{Code: aws.String(code), Message: aws.String("said SQS"), SenderFault: senderFault}
}

var (
	errThrottled = &smithy.GenericAPIError{Code: "RequestThrottled", Message: "slow down", Fault: smithy.FaultClient}
	errDenied    = &smithy.GenericAPIError{Code: "AccessDenied", Message: "not you", Fault: smithy.FaultClient}
)

// waits records the waits of a back-off without waiting.
type waits struct {
	mu   sync.Mutex
	all  []time.Duration
	then func() // runs during each wait
}

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	w.all = append(w.all, d)
	w.mu.Unlock()
	if w.then != nil {
		w.then()
	}
	return ctx.Err()
}

// newTestPublisher publishes to q, with waits of the greatest length, which pass at once.
func newTestPublisher(t *testing.T, q BatchSender, opts ...PublisherOption) (*Publisher, *waits) {
	t.Helper()
	p, err := NewPublisher(q, "https://sqs.example/intake", opts...)
	if err != nil {
		t.Fatal(err)
	}
	w := &waits{}
	p.backoff.sleep, p.backoff.random = w.sleep, func() float64 { return 1 }
	return p, w
}

func expectFailures(t *testing.T, err error, want ...int) *BatchError {
	t.Helper()
	var batch *BatchError
	if !errors.As(err, &batch) {
		t.Fatalf("the error is %v, want a *BatchError", err)
	}
	var got []int
	for _, f := range batch.Failures {
		got = append(got, f.Index)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the messages that failed are %v, want %v", got, want)
	}
	return batch
}
