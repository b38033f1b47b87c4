package endpoint

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
)

// Units a second that one partition of a table or index takes
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html).
const (
	partitionReads  = 3000
	partitionWrites = 1000
)

// A partitionKey names the items of one partition key. Each is taken for a partition of its own, as DynamoDB isolates a hot one.
type partitionKey struct {
	resource string // ARN of the table or index
	value    string
	write    bool
}

// partitions throttle calls to partitions whose units are used up. The zero value does not.
type partitions struct {
	mu        sync.Mutex
	enabled   bool
	limiters  map[partitionKey]*rate.Limiter
	throttled map[string]int // calls by resource
}

// maxPartitions bounds the limiters that are kept. When they are dropped, the partitions start with a full second.
const maxPartitions = 100_000

// writes are the operations that use write units.
var writes = map[string]bool{"BatchWriteItem": true, "DeleteItem": true, "PutItem": true, "UpdateItem": true}

// keysOf returns the partitions of a call: those of its condition key dynamodb:LeadingKeys. A Scan has none.
func keysOf(op *operation.Operation) []partitionKey {
	var keys []partitionKey
	for _, g := range op.Grants {
		for _, value := range g.Context["dynamodb:LeadingKeys"] {
			keys = append(keys, partitionKey{g.Resource, value, writes[op.Name]})
		}
	}
	return keys
}

// admit reports whether every partition of a call has units left. On AWS a batch would be processed in part.
func (p *partitions) admit(op *operation.Operation, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.enabled {
		return true
	}
	for _, key := range keysOf(op) {
		if p.limiter(key).TokensAt(now) < 1 {
			p.throttled[key.resource]++
			return false
		}
	}
	return true
}

// charge takes the units of a call from its partitions, in equal parts. Like DynamoDB it knows them only afterwards: a
// partition may overdraw once, and then waits.
func (p *partitions) charge(op *operation.Operation, units float64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := keysOf(op)
	if !p.enabled || len(keys) == 0 {
		return
	}
	share := max(1, int(units/float64(len(keys))+0.5))
	for _, key := range keys {
		limiter := p.limiter(key)
		for left := share; left > 0; left -= limiter.Burst() {
			limiter.ReserveN(now, min(left, limiter.Burst()))
		}
	}
}

// limiter needs mu.
func (p *partitions) limiter(key partitionKey) *rate.Limiter {
	if l := p.limiters[key]; l != nil {
		return l
	}
	units := partitionReads
	if key.write {
		units = partitionWrites
	}
	if len(p.limiters) >= maxPartitions {
		clear(p.limiters)
	}
	l := rate.NewLimiter(rate.Limit(units), units)
	p.limiters[key] = l
	return l
}

// PartitionsHandler serves the limits of partitions as JSON: GET gives {"enabled", "throttled": calls by table or index};
// POST with {"enabled"} switches them, with full partitions, and returns the same.
func (f *Front) PartitionsHandler() http.Handler {
	p := &f.partitions
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
		case http.MethodPost:
			var in struct{ Enabled *bool }
			decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&in); err != nil || in.Enabled == nil {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"error":"partitions: the body must be {\"enabled\": true or false}"}`))
				return
			}
			p.set(*in.Enabled)
		default:
			w.Header().Set("Allow", "GET, POST")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		throttled := p.throttled
		if throttled == nil {
			throttled = map[string]int{}
		}
		answer.JSON(w, http.StatusOK, map[string]any{"enabled": p.enabled, "throttled": throttled})
	})
}

func (p *partitions) set(enabled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enabled, p.limiters, p.throttled = enabled, map[partitionKey]*rate.Limiter{}, map[string]int{}
}
