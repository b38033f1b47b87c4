package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
)

var errDown = errors.New("service is down")

// recorder is SQS, as far as a call of it goes.
type recorder struct {
	calls  []*awssqs.SendMessageBatchInput
	failed []types.BatchResultErrorEntry
	err    error
}

func (r *recorder) SendMessageBatch(_ context.Context, in *awssqs.SendMessageBatchInput, _ ...func(*awssqs.Options)) (*awssqs.SendMessageBatchOutput, error) {
	r.calls = append(r.calls, in)
	return &awssqs.SendMessageBatchOutput{Failed: r.failed}, r.err
}

func send(r *recorder, messages ...queue.Message) []error {
	return sqs.Queue{Client: r, URL: "https://queue"}.Send(context.Background(), messages)
}

func TestSend(t *testing.T) {
	t.Parallel()
	t.Run("makes an entry of a message", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		errs := send(r, queue.Message{Body: "b", Group: "g", Delay: 1500 * time.Millisecond, Error: "why"}, queue.Message{Body: "c"})
		if errors.Join(errs...) != nil || len(errs) != 2 || len(r.calls) != 1 || *r.calls[0].QueueUrl != "https://queue" {
			t.Fatalf("got %v, %d calls", errs, len(r.calls))
		}
		full, bare := r.calls[0].Entries[0], r.calls[0].Entries[1]
		if *full.MessageBody != "b" || *full.MessageGroupId != "g" || full.DelaySeconds != 2 ||
			*full.MessageAttributes["error"].StringValue != "why" || *full.MessageAttributes["error"].DataType != "String" {
			t.Errorf("got %+v", full)
		}
		if bare.MessageGroupId != nil || bare.DelaySeconds != 0 || bare.MessageAttributes != nil || *bare.Id == *full.Id {
			t.Errorf("got %+v", bare)
		}
	})
	t.Run("never delays longer than SQS can", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		send(r, queue.Message{Delay: time.Hour})
		if got := r.calls[0].Entries[0].DelaySeconds; got != 900 {
			t.Errorf("got %d", got)
		}
	})
	t.Run("sends ten a call", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		send(r, make([]queue.Message, 21)...)
		if len(r.calls) != 3 || len(r.calls[0].Entries) != 10 || len(r.calls[2].Entries) != 1 {
			t.Errorf("%d calls", len(r.calls))
		}
	})
	t.Run("sends at most 1 MiB a call", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		half := strings.Repeat("x", 1<<19)
		send(r, queue.Message{Body: half}, queue.Message{Body: half}, queue.Message{Body: half, Error: "e"}, queue.Message{Body: half})
		var sizes []int
		for _, call := range r.calls {
			sizes = append(sizes, len(call.Entries))
		}
		if fmt.Sprint(sizes) != "[2 1 1]" {
			t.Errorf("got %v", sizes)
		}
	})
	t.Run("makes no call for nothing", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		if errs := send(r); len(errs) != 0 || len(r.calls) != 0 {
			t.Errorf("got %v", errs)
		}
	})
	t.Run("returns which messages were refused", func(t *testing.T) {
		t.Parallel()
		r := &recorder{failed: []types.BatchResultErrorEntry{
			{Id: aws.String("1"), Code: aws.String("InternalError"), Message: aws.String("try again")}, {Id: aws.String("strange")}, {},
		}}
		errs := send(r, make([]queue.Message, 3)...)
		if errs[0] != nil || errs[2] != nil || !errors.Is(errs[1], sqs.ErrNotAccepted) ||
			errs[1].Error() != "sqs: send to https://queue: message not accepted: InternalError: try again" {
			t.Errorf("got %v", errs)
		}
	})
	t.Run("a call that fails fails its messages", func(t *testing.T) {
		t.Parallel()
		errs := send(&recorder{err: errDown}, make([]queue.Message, 2)...)
		for _, err := range errs {
			if !errors.Is(err, errDown) || err.Error() != "sqs: send to https://queue: service is down" {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("makes any reason a valid attribute", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		send(r, queue.Message{Error: "a\x00b\nc\uffff" + strings.Repeat("ü", 600)})
		got := *r.calls[0].Entries[0].MessageAttributes["error"].StringValue
		if !strings.HasPrefix(got, "a\ufffdb c\ufffdü") || len(got) > 1024 || strings.ContainsRune(got[len(got)-2:], '\ufffd') {
			t.Errorf("got %q", got)
		}
	})
}
