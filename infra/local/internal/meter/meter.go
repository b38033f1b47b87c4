package meter

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Sizes in bytes that AWS bills by, rounded up.
const (
	MessageChunk  = 32 << 10  // WebSocket messages (https://aws.amazon.com/api-gateway/pricing/)
	RequestChunk  = 64 << 10  // SQS and SNS requests, EventBridge events (https://aws.amazon.com/sqs/pricing/)
	HTTPAPIChunk  = 512 << 10 // HTTP API requests (https://aws.amazon.com/api-gateway/pricing/)
	minimumChunks = 1
)

// Chunks returns how many chunks a payload is billed as: at least 1.
func Chunks(bytes, chunk int) float64 {
	return float64(max(minimumChunks, (bytes+chunk-1)/chunk))
}

// A Meter counts. It is safe for concurrent use.
type Meter struct {
	prices Prices
	usd    map[subject]float64
	now    func() time.Time

	mu    sync.Mutex
	since time.Time
	items map[key]*tally
}

type key struct{ function, service, action string }

type tally struct {
	count int64
	units float64
}

// New returns a meter that starts counting now.
func New(prices Prices, now func() time.Time) *Meter {
	return &Meter{prices: prices, usd: prices.index(), now: now, since: now(), items: map[key]*tally{}}
}

// Count adds one billable request of a function ("" for other callers) and its units: chunks, request units, recipients,
// minutes or GB-seconds, as the price table says for the action.
func (m *Meter) Count(function, service, action string, units float64) {
	k := key{function, service, action}
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.items[k]
	if t == nil {
		t = &tally{}
		m.items[k] = t
	}
	t.count++
	t.units += units
}

// Reset forgets everything counted so far.
func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since = m.now()
	clear(m.items)
}

// An Item is the use of one action by one function.
type Item struct {
	Function string  `json:"function"` // "" for callers that are not functions
	Service  string  `json:"service"`
	Action   string  `json:"action"`
	Count    int64   `json:"count"`
	Units    float64 `json:"units"`
	USD      float64 `json:"usd"`
}

// Usage is everything counted since a time.
type Usage struct {
	Since    time.Time `json:"since"`
	PricesOf string    `json:"prices_of"` // region and month of the price table
	Items    []Item    `json:"items"`     // by function, service, action
	TotalUSD float64   `json:"total_usd"`
}

// Usage returns what was counted since the start or the last Reset.
func (m *Meter) Usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := Usage{Since: m.since, PricesOf: m.prices.Region + " " + m.prices.AsOf, Items: make([]Item, 0, len(m.items))}
	for k, t := range m.items {
		u.Items = append(u.Items, Item{
			Function: k.function, Service: k.service, Action: k.action,
			Count: t.count, Units: t.units, USD: t.units * m.unitPrice(k.service, k.action),
		})
	}
	slices.SortFunc(u.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Action, b.Action))
	})
	for _, item := range u.Items {
		u.TotalUSD += item.USD
	}
	return u
}

// unitPrice is 0 for what AWS does not bill and the table does not list.
func (m *Meter) unitPrice(service, action string) float64 {
	if usd, ok := m.usd[subject{service, action}]; ok {
		return usd
	}
	return m.usd[subject{service, "*"}]
}
