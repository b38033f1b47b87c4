package client

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPublishBatchCountsAttributesTowardsTheLimit(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{}
	p, _ := newTestPublisher(t, q, WithAttributes(map[string]string{"trace": strings.Repeat("x", 300*1024)}))
	if _, err := p.PublishBatch(t.Context(), numbered(7)); err != nil {
		t.Fatal(err)
	}
	if len(q.calls) != 3 || len(q.calls[0]) != 3 {
		t.Errorf("messages of 300 KiB went in %d calls", len(q.calls))
	}
	p, _ = newTestPublisher(t, q, WithAttributes(map[string]string{"trace": strings.Repeat("x", 1024*1024)}))
	_, err := p.Publish(t.Context(), Message{ID: "m", RoomID: "orders"})
	expectError(t, err, ErrTooLarge, `client: publish message "m": message is too large: 1048628 bytes with its attributes, SQS allows 1048576`)
}

func TestPublishMarshalsDataOnce(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{onCall: func(n int) error {
		if n < 3 {
			return errThrottled
		}
		return nil
	}}
	p, _ := newTestPublisher(t, q)
	data := &counting{}
	if _, err := p.Publish(t.Context(), Message{RoomID: "orders", Data: data}); err != nil {
		t.Fatal(err)
	}
	if data.times != 1 {
		t.Errorf("the data was marshalled %d times", data.times)
	}
}

type counting struct{ times int }

func (c *counting) MarshalJSON() ([]byte, error) {
	c.times++
	return json.Marshal(c.times)
}
