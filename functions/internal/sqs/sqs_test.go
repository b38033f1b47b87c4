package sqs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
)

var errDown = errors.New("service is down")

// recorder is SQS, as far as a call of it goes.
type recorder struct {
	mu     sync.Mutex
	calls  []*awssqs.SendMessageBatchInput
	failed []types.BatchResultErrorEntry
	err    error
}

func (r *recorder) SendMessageBatch(_ context.Context, in *awssqs.SendMessageBatchInput, _ ...func(*awssqs.Options)) (*awssqs.SendMessageBatchOutput, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, in)
	return &awssqs.SendMessageBatchOutput{Failed: r.failed}, r.err
}

// sizes are the numbers of entries of the calls, which are made side by side.
func (r *recorder) sizes() string {
	var sizes []int
	for _, call := range r.calls {
		sizes = append(sizes, len(call.Entries))
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return fmt.Sprint(sizes)
}

func send(r *recorder, messages ...queue.Message) []error {
	return sqs.Queue{Client: r, URL: "https://queue"}.Send(context.Background(), messages)
}

func TestSend(t *testing.T) {
	t.Parallel()
	t.Run("makes an entry of a message", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		errs := send(r, queue.Message{Body: "b", Group: "g", Delay: 1500 * time.Millisecond, Error: "why", Permanent: true}, queue.Message{Body: "c"})
		if errors.Join(errs...) != nil || len(errs) != 2 || len(r.calls) != 1 || *r.calls[0].QueueUrl != "https://queue" {
			t.Fatalf("got %v, %d calls", errs, len(r.calls))
		}
		full, bare := r.calls[0].Entries[0], r.calls[0].Entries[1]
		if *full.MessageBody != "b" || *full.MessageGroupId != "g" || full.DelaySeconds != 2 ||
			*full.MessageAttributes["permanent"].StringValue != "true" || *full.MessageAttributes["error"].StringValue != "why" || *full.MessageAttributes["error"].DataType != "String" {
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
		if got := r.sizes(); got != "[10 10 1]" {
			t.Errorf("calls of %s", got)
		}
	})
	t.Run("sends at most 1 MiB a call", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		half := strings.Repeat("x", 1<<19)
		send(r, queue.Message{Body: half}, queue.Message{Body: half}, queue.Message{Body: half, Error: "e"}, queue.Message{Body: half})
		if got := r.sizes(); got != "[2 1 1]" {
			t.Errorf("calls of %s", got)
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
	t.Run("escapes what SQS refuses, in the body and before it is counted", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		send(r, queue.Message{Body: "{\"a\":\"\uffff\ufffe\"}"})
		if got := *r.calls[0].Entries[0].MessageBody; got != `{"a":"\uffff\ufffe"}` {
			t.Errorf("got %q", got)
		}
		half := queue.Message{Body: `"` + strings.Repeat("\uffff", 1<<18/3) + `"`} // 512 KiB as it is sent, half of that before
		if send(r, half, half, half); r.sizes() != "[2 1 1]" {
			t.Errorf("calls of %s", r.sizes())
		}
	})
}

// visibility is SQS as those see it who release messages.
type visibility struct {
	calls []*awssqs.ChangeMessageVisibilityBatchInput
	err   error
}

func (v *visibility) ChangeMessageVisibilityBatch(_ context.Context, in *awssqs.ChangeMessageVisibilityBatchInput, _ ...func(*awssqs.Options)) (*awssqs.ChangeMessageVisibilityBatchOutput, error) {
	v.calls = append(v.calls, in)
	return &awssqs.ChangeMessageVisibilityBatchOutput{Failed: []types.BatchResultErrorEntry{
		{Id: aws.String("0"), Code: aws.String("ReceiptHandleIsInvalid"), Message: aws.String("too late")},
	}}, v.err
}

func TestRelease(t *testing.T) {
	t.Parallel()
	t.Run("changes the visibility of ten messages a call", func(t *testing.T) {
		t.Parallel()
		v := &visibility{}
		releases := make([]queue.Release, 11)
		releases[10] = queue.Release{Receipt: "last", Delay: 1500 * time.Millisecond}
		err := sqs.Receiver{Client: v, URL: "https://queue"}.Release(context.Background(), releases)
		if len(v.calls) != 2 || len(v.calls[0].Entries) != 10 || *v.calls[1].Entries[0].ReceiptHandle != "last" || v.calls[1].Entries[0].VisibilityTimeout != 2 {
			t.Errorf("got %+v", v.calls)
		}
		const refused = "sqs: release a message of https://queue: ReceiptHandleIsInvalid: too late"
		if err == nil || err.Error() != refused+"\n"+refused {
			t.Errorf("got %v", err)
		}
	})
	t.Run("fails with the call", func(t *testing.T) {
		t.Parallel()
		err := sqs.Receiver{Client: &visibility{err: errDown}, URL: "https://queue"}.Release(context.Background(), make([]queue.Release, 1))
		if err == nil || err.Error() != "sqs: release 1 messages of https://queue: service is down" {
			t.Errorf("got %v", err)
		}
	})
}

// FuzzBody sends any text as JSON and reads it back, from a body that holds only what SQS takes.
func FuzzBody(f *testing.F) {
	for _, s := range []string{"", "\ufffe\uffff", `\` + "\uffff", "\x00\x1f\x7f\u2028<>&", "\U0010ffff\ud7ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		body, err := plainjson.Marshal(map[string]string{"data": s})
		if err != nil {
			t.Fatal(err)
		}
		r := &recorder{}
		send(r, queue.Message{Body: string(body)})
		sent := *r.calls[0].Entries[0].MessageBody
		for _, c := range sent {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF {
				t.Errorf("%q holds %U", sent, c)
			}
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(sent), &got); err != nil || got["data"] != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Errorf("%q came back as %q, %v", s, got["data"], err)
		}
	})
}
