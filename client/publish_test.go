package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// numbered makes messages whose bodies tell them apart.
func numbered(n int) []Message {
	messages := make([]Message, n)
	for i := range messages {
		messages[i] = Message{ID: fmt.Sprintf("m%d", i), UserID: "system", RoomID: "orders", Data: i}
	}
	return messages
}

func numberedBody(i int) string {
	return fmt.Sprintf(`{"id":"m%d","user_id":"system","room_id":"orders","data":%d}`, i, i)
}

func TestPublishSendsOneMessage(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{}
	p, _ := newTestPublisher(t, q, WithAttributes(map[string]string{"service": "shop"}))
	id, err := p.Publish(t.Context(), Message{ID: "order-7", UserID: "system", RoomID: "orders", ToUserID: "ada", Data: map[string]any{"html": "<b>&"}})
	if err != nil || id != "order-7" {
		t.Fatalf("Publish gave %q, %v", id, err)
	}
	want := `{"id":"order-7","user_id":"system","room_id":"orders","to_user_id":"ada","data":{"html":"<b>&"}}`
	if len(q.bodies) != 1 || q.bodies[0] != want {
		t.Errorf("the queue took %q, want %q", q.bodies, want)
	}
	sent := q.inputs[0].Entries[0]
	if *q.inputs[0].QueueUrl != "https://sqs.example/intake" || *sent.MessageAttributes["service"].StringValue != "shop" {
		t.Errorf("the call was %+v", q.inputs[0])
	}
}

func TestPublishMakesAnIDThatRetriesKeep(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{onCall: func(n int) error {
		if n == 0 {
			return errThrottled
		}
		return nil
	}}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p, _ := newTestPublisher(t, q, WithPublisherClock(func() time.Time { return at }), WithPublisherRandom(bytes.NewReader(make([]byte, 10))))
	id, err := p.Publish(t.Context(), Message{RoomID: "orders"})
	if err != nil {
		t.Fatal(err)
	}
	if id != "01KJMMA2G00000000000000000" {
		t.Errorf("the id is %s", id)
	}
	if len(q.calls) != 2 || !slices.Equal(q.calls[0], q.calls[1]) || !strings.Contains(q.bodies[0], id) {
		t.Errorf("the calls were %q", q.calls)
	}
}

func TestPublishReturnsTheIDWithTheError(t *testing.T) {
	t.Parallel()
	p, w := newTestPublisher(t, &fakeQueue{onCall: func(int) error { return errDenied }})
	id, err := p.Publish(t.Context(), Message{ID: "m1", RoomID: "orders"})
	if id != "m1" {
		t.Errorf("the id is %q", id)
	}
	expectError(t, err, errDenied, `client: publish message "m1": send to https://sqs.example/intake: api error AccessDenied: not you`)
	if len(w.all) != 0 {
		t.Errorf("a permanent refusal was followed by waits of %v", w.all)
	}
}

func TestPublishBatchSendsNothingForNoMessages(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{}
	p, _ := newTestPublisher(t, q)
	result, err := p.PublishBatch(t.Context(), nil)
	if err != nil || len(result.IDs) != 0 || len(q.calls) != 0 {
		t.Errorf("gave %+v, %v with %d calls", result, err, len(q.calls))
	}
}

func TestPublishBatchSendsTensInOrder(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{}
	p, _ := newTestPublisher(t, q)
	result, err := p.PublishBatch(t.Context(), numbered(25))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 25 {
		if result.IDs[i] != fmt.Sprintf("m%d", i) || q.bodies[i] != numberedBody(i) {
			t.Fatalf("message %d: id %s, body %s", i, result.IDs[i], q.bodies[i])
		}
	}
	if len(q.calls) != 3 || len(q.calls[2]) != 5 {
		t.Errorf("it took %d calls", len(q.calls))
	}
}

func TestPublishBatchRetriesWhatACallLeftOver(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		entry *types.BatchResultErrorEntry
	}{
		{"after an internal error", refuse("InternalError", false)},
		{"after throttling by KMS, which is called the sender's fault", refuse("KMS.ThrottlingException", true)},
		{"after an answer without a word about it", &types.BatchResultErrorEntry{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := &fakeQueue{onEntry: func(n int, body string) *types.BatchResultErrorEntry {
				if n < 2 && (body == numberedBody(3) || body == numberedBody(8)) {
					return tt.entry
				}
				return nil
			}}
			p, w := newTestPublisher(t, q)
			if _, err := p.PublishBatch(t.Context(), numbered(12)); err != nil {
				t.Fatal(err)
			}
			left := []string{numberedBody(3), numberedBody(8)}
			if len(q.calls) != 4 || !slices.Equal(q.calls[1], left) || !slices.Equal(q.calls[2], left) {
				t.Errorf("the calls were %q", q.calls)
			}
			if !slices.Equal(w.all, []time.Duration{50 * time.Millisecond, 100 * time.Millisecond}) {
				t.Errorf("the waits were %v", w.all)
			}
		})
	}
}

func TestPublishBatchSaysWhichFailedAndWhy(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{onEntry: func(_ int, body string) *types.BatchResultErrorEntry {
		switch body {
		case numberedBody(3):
			return refuse("InternalError", false)
		case numberedBody(11):
			return refuse("InvalidMessageContents", true)
		}
		return nil
	}}
	p, w := newTestPublisher(t, q)
	messages := numbered(13)
	messages[5].RoomID = ""
	result, err := p.PublishBatch(t.Context(), messages)
	expectFailures(t, err, 3, 5, 11)
	expectError(t, err, ErrMissingField, `client: publish batch: 3 of 13 messages failed: `+
		`message 3 (id m3): sqs refused the message: InternalError (sender fault: false): said SQS; `+
		`message 5 (id m5): field room_id (""): missing field; `+
		`message 11 (id m11): sqs refused the message: InvalidMessageContents (sender fault: true): said SQS`)
	var refused *EntryError
	if !errors.As(result.Failures[2].Err, &refused) || refused.Code != "InvalidMessageContents" {
		t.Errorf("the last failure is %v", result.Failures[2].Err)
	}
	if len(q.bodies) != 10 || len(w.all) != 4 {
		t.Errorf("%d messages were taken, with waits of %v", len(q.bodies), w.all)
	}
}

func TestPublishBatchStopsWhenACallFailsForGood(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		err   error
		calls int
	}{
		{"at once when denied", errDenied, 2},
		{"after five tries when throttled", errThrottled, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := &fakeQueue{onCall: func(n int) error {
				if n == 0 {
					return nil
				}
				return tt.err
			}}
			p, _ := newTestPublisher(t, q)
			_, err := p.PublishBatch(t.Context(), numbered(32))
			batch := expectFailures(t, err, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31)
			if !errors.Is(batch.Failures[21].Err, tt.err) || len(q.calls) != tt.calls {
				t.Errorf("%d calls, and the last failure is %v", len(q.calls), batch.Failures[21].Err)
			}
			if !strings.HasSuffix(err.Error(), "; and 19 more") {
				t.Errorf("the error reads %v", err)
			}
		})
	}
}

func TestPublishBatchRidesOutThrottling(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{onCall: func(n int) error {
		if n < 4 {
			return errThrottled
		}
		return nil
	}}
	p, w := newTestPublisher(t, q, WithBackoff(time.Second, 3*time.Second))
	if _, err := p.PublishBatch(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}; !slices.Equal(w.all, want) {
		t.Errorf("the waits were %v, want %v", w.all, want)
	}
}

func TestPublishBatchStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	q := &fakeQueue{onEntry: func(_ int, body string) *types.BatchResultErrorEntry {
		if body == numberedBody(2) {
			return refuse("InternalError", false)
		}
		return nil
	}}
	p, w := newTestPublisher(t, q)
	w.then = cancel
	_, err := p.PublishBatch(ctx, numbered(11))
	batch := expectFailures(t, err, 2, 10)
	expectError(t, batch.Failures[0].Err, context.Canceled, "context canceled while waiting to send it again: sqs refused the message: InternalError (sender fault: false): said SQS")
	expectError(t, batch.Failures[1].Err, context.Canceled, "context canceled")
	if len(q.calls) != 1 {
		t.Errorf("%d calls were made", len(q.calls))
	}
}

func TestPublishBatchDoesNotCallWithAContextThatEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	q := &fakeQueue{}
	p, _ := newTestPublisher(t, q)
	_, err := p.PublishBatch(ctx, numbered(2))
	expectFailures(t, err, 0, 1)
	if len(q.calls) != 0 {
		t.Errorf("%d calls were made", len(q.calls))
	}
}

func TestPublishBatchReportsRandomnessThatFails(t *testing.T) {
	t.Parallel()
	p, _ := newTestPublisher(t, &fakeQueue{}, WithPublisherRandom(bytes.NewReader(nil)))
	_, err := p.Publish(t.Context(), Message{RoomID: "orders"})
	if err == nil || err.Error() != `client: publish message "": make an id: EOF` {
		t.Errorf("the error is %v", err)
	}
}

func TestPublisherIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{onCall: func(n int) error {
		if n < 4 { // fewer than the tries of one
			return errThrottled
		}
		return nil
	}}
	p, _ := newTestPublisher(t, q)
	var mu sync.Mutex
	ids := map[string]bool{}
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			id, err := p.Publish(t.Context(), Message{RoomID: "orders"})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[id] = true
		})
	}
	group.Wait()
	if len(ids) != 30 || len(q.bodies) != 30 {
		t.Errorf("30 messages gave %d ids and %d bodies", len(ids), len(q.bodies))
	}
}
