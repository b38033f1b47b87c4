package meter

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newTestMeter(t *testing.T) *Meter {
	t.Helper()
	prices, err := ListPrices()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return New(prices, func() time.Time { at = at.Add(time.Second); return at })
}

func TestChunksBegunCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		bytes, chunk int
		want         float64
	}{
		{"nothing is one", 0, MessageChunk, 1},
		{"one byte is one", 1, MessageChunk, 1},
		{"a full chunk is one", 32768, MessageChunk, 1},
		{"a byte more is two", 32769, MessageChunk, 2},
		{"256 KB are four requests", 262144, RequestChunk, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Chunks(tt.bytes, tt.chunk); got != tt.want {
				t.Errorf("chunks = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestUsageIsPriced(t *testing.T) {
	t.Parallel()
	m := newTestMeter(t)
	h := m.Handler("/_local/usage")
	get := func(method, path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return strings.TrimSpace(w.Body.String())
	}
	m.Count("hub-send", "sqs", "SendMessage", 1)
	m.Count("hub-send", "sqs", "SendMessage", 3)
	m.Count("", "apigateway", "connection-minute", 2)
	m.Count("hub-send", "dynamodb", "GetItem", 0.5)
	m.Count("hub-send", "dynamodb", "DescribeTable", 1)

	want := `{"since":"2026-01-02T03:04:06Z","prices_of":"us-east-1 2026-03","items":[` +
		`{"function":"","service":"apigateway","action":"connection-minute","count":1,"units":2,"usd":5e-7},` +
		`{"function":"hub-send","service":"dynamodb","action":"DescribeTable","count":1,"units":1,"usd":0},` +
		`{"function":"hub-send","service":"dynamodb","action":"GetItem","count":1,"units":0.5,"usd":6.25e-8},` +
		`{"function":"hub-send","service":"sqs","action":"SendMessage","count":2,"units":4,"usd":0.0000016}],` +
		`"total_usd":0.0000021625}`
	if got := get("GET", "/_local/usage"); got != want {
		t.Errorf("usage = %s\nwant    %s", got, want)
	}
	get("POST", "/_local/usage/reset")
	want = `{"since":"2026-01-02T03:04:07Z","prices_of":"us-east-1 2026-03","items":[],"total_usd":0}`
	if got := get("GET", "/_local/usage"); got != want {
		t.Errorf("usage after reset = %s\nwant                %s", got, want)
	}
}

func TestEveryPriceNamesItsSourceOnce(t *testing.T) {
	t.Parallel()
	prices, err := ListPrices()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[subject]bool{}
	for _, p := range prices.Prices {
		if seen[subject{p.Service, p.Action}] {
			t.Errorf("%s %s has two prices", p.Service, p.Action)
		}
		seen[subject{p.Service, p.Action}] = true
		if !strings.HasPrefix(p.Source, "https://aws.amazon.com/") || p.Unit == "" || p.USD < 0 {
			t.Errorf("price %+v lacks its source or unit, or is negative", p)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	prices, err := ListPrices()
	if err != nil {
		b.Fatal(err)
	}
	m := New(prices, time.Now)
	b.ReportAllocs()
	for b.Loop() {
		m.Count("deliver", "apigateway", "message", 1)
	}
}
