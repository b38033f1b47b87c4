package edgetest

import "sync"

// A Meter sums up units by action. It is an edge.Meter.
type Meter struct {
	mu     sync.Mutex
	totals map[string]float64
}

// Count implements edge.Meter.
func (m *Meter) Count(function, service, action string, units float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.totals == nil {
		m.totals = map[string]float64{}
	}
	m.totals[service+"/"+action] += units
	if function != "" {
		m.totals[function+":"+service+"/"+action] += units
	}
}

// Total is the sum for an action such as "apigateway/message", or for "f:apigateway/message" that of the function f.
func (m *Meter) Total(action string) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.totals[action]
}
