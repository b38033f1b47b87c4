package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

func TestRecordIsWhatLambdaSends(t *testing.T) {
	t.Parallel()
	s, err := NewEventSource(Mapping{Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-2:123456789012:my-queue"}, SourceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	batches := s.pack([]types.Message{{
		MessageId: aws.String("059f36b4-87a3-44ab-83d2-661975830a7d"), ReceiptHandle: aws.String("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a..."),
		Body: aws.String("Test message."), MD5OfBody: aws.String("e4e68fb7bd0e697a0ae8f1bb342846b3"),
		MD5OfMessageAttributes: aws.String("00484c68...59e48fb7"),
		Attributes: map[string]string{
			"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183",
			"SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": "1545082649185",
		},
		MessageAttributes: map[string]types.MessageAttributeValue{
			"myAttribute": {DataType: aws.String("String"), StringValue: aws.String("myValue")},
			"raw":         {DataType: aws.String("Binary"), BinaryValue: []byte("1100")},
		},
	}})
	want, err := os.ReadFile("testdata/sqs-event.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(batches) != 1 || !sameJSON(t, batches[0].payload, want) {
		t.Errorf("payload %s", batches[0].payload)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(x)
	two, _ := json.Marshal(y)
	return string(one) == string(two)
}

func TestBatchesStayBelowThePayloadLimit(t *testing.T) {
	t.Parallel()
	s, err := NewEventSource(Mapping{Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-2:123456789012:q"}, SourceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("x", 1<<20)
	var messages []types.Message
	for range 10 {
		messages = append(messages, types.Message{MessageId: aws.String(uuid.New()), Body: &body})
	}
	var sizes []int
	for _, b := range s.pack(messages) {
		sizes = append(sizes, len(b.messages))
		if len(b.payload) > maxEventBytes || !json.Valid(b.payload) {
			t.Errorf("payload of %d bytes", len(b.payload))
		}
	}
	if !slices.Equal(sizes, []int{5, 5}) {
		t.Errorf("batches of %v messages", sizes)
	}
}

// slow is a function that takes its time.
func slow(d time.Duration) *function {
	return &function{answer: func([]events.SQSMessage, int) (string, string, error) {
		pass(d)
		return "", "", nil
	}}
}

func TestPollersFollowTheLoad(t *testing.T) {
	t.Parallel()
	t.Run("two wait when the queue is quiet", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			s := start(t, q, &function{}, Mapping{})
			pass(61 * time.Second)
			if s.Pollers() != 2 || q.calls() != 8 {
				t.Errorf("%d pollers and %d receives in a minute", s.Pollers(), q.calls())
			}
		})
	})
	t.Run("five come at once, then one each 200 ms, and they leave when it is quiet", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			for range 300 {
				q.send("m", 0, nil)
			}
			s := start(t, q, slow(10*time.Second), Mapping{BatchSize: 1})
			pass(time.Millisecond)
			atOnce := s.Pollers()
			pass(time.Second)
			later := s.Pollers()
			if atOnce != 5 || later != 10 {
				t.Errorf("%d pollers at once and %d after a second", atOnce, later)
			}
			eventually(t, "all are done", func() bool { return q.left() == 0 })
			pass(time.Minute)
			if s.Pollers() != 2 {
				t.Errorf("%d pollers are left", s.Pollers())
			}
		})
	})
	t.Run("the maximum concurrency bounds them", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			for range 20 {
				q.send("m", 0, nil)
			}
			s := start(t, q, slow(time.Second), Mapping{BatchSize: 1, MaximumConcurrency: 3})
			pass(5 * time.Second)
			if s.Pollers() != 3 {
				t.Errorf("%d pollers", s.Pollers())
			}
		})
	})
	t.Run("failures halve them", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Hour, 0)
			for range 5 {
				q.send("m", 0, nil)
			}
			s := start(t, q, &function{answer: func([]events.SQSMessage, int) (string, string, error) {
				pass(time.Second)
				return `{}`, "Unhandled", nil
			}}, Mapping{BatchSize: 1})
			pass(900 * time.Millisecond)
			before := s.Pollers()
			pass(200 * time.Millisecond)
			if after := s.Pollers(); before < 5 || after > 3 {
				t.Errorf("%d pollers before and %d after", before, after)
			}
		})
	})
}

func TestStopDrains(t *testing.T) {
	t.Parallel()
	t.Run("a batch under way is finished and deleted", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			q.send("m", 0, nil)
			s := start(t, q, slow(3*time.Second), Mapping{})
			pass(time.Second)
			began := time.Now()
			if err := s.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != 2*time.Second || q.left() != 0 {
				t.Errorf("it took %s, %d messages are left", took, q.left())
			}
		})
	})
	t.Run("a throttled batch does not hold it up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Hour, 0)
			q.send("m", 0, nil)
			s := start(t, q, &function{answer: func([]events.SQSMessage, int) (string, string, error) { return "", "", busyError{} }}, Mapping{})
			pass(time.Minute)
			if err := s.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if q.left() != 1 {
				t.Error("the message is gone")
			}
		})
	})
	t.Run("a function that does not end is given up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			q.send("m", 0, nil)
			s := start(t, q, blocked{}, Mapping{})
			pass(time.Second)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := s.Stop(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || err.Error() != "eventsource: stop mapping Source: batches were given up: context deadline exceeded" {
				t.Errorf("error %v", err)
			}
			if q.left() != 1 {
				t.Error("the message is gone")
			}
		})
	})
}

// blocked is an invoker that answers only when its context ends.
type blocked struct{}

func (blocked) Invoke(ctx context.Context, _ string, _ []byte) ([]byte, string, error) {
	<-ctx.Done()
	return nil, "", ctx.Err()
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	t.Run("a receive that fails is tried again after a second", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q, f := newFakeQueue(time.Minute, 0), &function{}
			q.failNext = errors.New("connection refused")
			q.send("a", 0, nil)
			start(t, q, f, Mapping{BatchSize: 1})
			pass(900 * time.Millisecond)
			q.send("b", 0, nil)
			q.send("c", 0, nil)
			eventually(t, "all are deleted", func() bool { return q.left() == 0 && len(f.bodies()) == 3 })
		})
	})
	t.Run("a throttled batch is let go before it shows again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(10*time.Second, 2)
			q.send("a", 0, nil)
			f := &function{answer: func([]events.SQSMessage, int) (string, string, error) { return "", "", busyError{} }}
			start(t, q, f, Mapping{})
			eventually(t, "it is a dead letter", func() bool { return len(q.deadBodies()) == 1 })
			tries := f.invocations()
			for i, try := range tries {
				if late := try.at.Sub(tries[0].at); try.batch[0].Attributes["ApproximateReceiveCount"] == "1" && late >= 10*time.Second {
					t.Errorf("try %d came %s after the receive", i, late)
				}
			}
		})
	})
	t.Run("a disabled mapping does not poll", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			q := newFakeQueue(time.Minute, 0)
			start(t, q, &function{}, Mapping{Disabled: true})
			pass(time.Minute)
			if q.calls() != 0 {
				t.Errorf("%d receives", q.calls())
			}
		})
	})
}
