package e2e

import (
	"fmt"
	"math"
	"testing"

	"github.com/hermes-cdk/hermes/client"
)

// Usage is /_local/usage.
type usage struct {
	Items []struct {
		Function, Service, Action string
		Count                     int64
		Units, USD                float64
	}
	TotalUSD float64 `json:"total_usd"`
}

// count adds up the requests of an action, of one function or, with "*", of all callers.
func (u usage) count(function, service, action string) (n int64) {
	for _, item := range u.Items {
		if (function == "*" || item.Function == function) && item.Service == service && item.Action == action {
			n += item.Count
		}
	}
	return n
}

// A scenario has a cost: what it uses is counted by function and action, and priced.
func TestUsageIsCountedAndPriced(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral"), newRoom()
	if before := get[usage](t, h.stage, "usage"); before.count("*", "lambda", "request") != 0 {
		t.Errorf("before the first request there were %+v", before)
	}
	// Two sockets, one message of 20 KB and one of 1 KB from a backend, one ping.
	ada, bob := h.connect(t, "ada", room), h.connectClassic(t, "bob", room)
	for i, size := range []int{20_000, 1_000} {
		h.publish(t, client.Message{UserID: "backend", RoomID: room, Data: fmt.Sprintf("%*d", size, i)})
		ada.receive(t, i+1)
		if _, err := bob.raw(); err != nil {
			t.Fatal(err)
		}
	}
	ada.ask(t, `{"action":"ping"}`)

	var got usage
	eventually(t, func() error { // the deletion from the queue comes after the delivery
		got = get[usage](t, h.stage, "usage")
		if n := got.count(h.broadcast, "sqs", "DeleteMessageBatch"); n != 2 {
			return fmt.Errorf("%d deletions are counted, want 2", n)
		}
		return nil
	})
	for _, want := range []struct {
		function, service, action string
		count                     int64
	}{
		{h.authorize, "lambda", "request", 2},
		{h.broadcast, "lambda", "request", 2},
		{h.broadcast, "apigateway", "message", 4},
		{h.broadcast, "dynamodb", "UpdateItem", 2},
		{h.broadcast, "dynamodb", "PutItem", 2},
		{"", "sqs", "SendMessageBatch", 2},
		{"", "apigateway", "message", 2}, // the ping and its answer
	} {
		if n := got.count(want.function, want.service, want.action); n != want.count {
			t.Errorf("%s %s %s: %d are counted, want %d", want.function, want.service, want.action, n, want.count)
		}
	}
	got.expectPriced(t, h.stage)
}

// expectPriced compares each row's cost, and their sum, with the price table.
func (u usage) expectPriced(t *testing.T, s *stage) {
	t.Helper()
	table := get[struct {
		AsOf   string `json:"as_of"`
		Prices []struct {
			Service, Action, Source string
			USD                     float64
		}
	}](t, s, "usage/prices")
	if table.AsOf == "" {
		t.Error("the price table has no date")
	}
	price := func(service, action string) (usd float64) {
		for _, p := range table.Prices {
			if p.Source == "" {
				t.Errorf("the price of %s %s has no source", p.Service, p.Action)
			}
			if p.Service == service && p.Action == "*" {
				usd = p.USD
			}
		}
		for _, p := range table.Prices {
			if p.Service == service && p.Action == action {
				usd = p.USD
			}
		}
		return usd
	}
	total := 0.0
	for _, item := range u.Items {
		total += item.USD
		if want := item.Units * price(item.Service, item.Action); math.Abs(item.USD-want) > 1e-12 {
			t.Errorf("%+v costs %g, want %g", item, item.USD, want)
		}
	}
	if total <= 0 || math.Abs(total-u.TotalUSD) > 1e-12 {
		t.Errorf("the total is %g, the sum of its rows %g", u.TotalUSD, total)
	}
}
