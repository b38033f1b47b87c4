package eventsource

import (
	"errors"
	"testing"
	"time"
)

func TestMappingIsValidated(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*Mapping)
		err    error
		text   string
	}{
		{"the defaults are valid", func(*Mapping) {}, nil, ""},
		{"a large batch with a window is valid", func(m *Mapping) { m.BatchSize, m.BatchWindow = 10000, time.Second }, nil, ""},
		{"a function is needed", func(m *Mapping) { m.Function = "" }, ErrInvalidMapping, "eventsource: mapping Map: invalid event source mapping: no function"},
		{
			"a queue's ARN is needed", func(m *Mapping) { m.QueueARN = "arn:aws:kinesis:us-east-1:0:stream/a" }, ErrInvalidMapping,
			`eventsource: mapping Map: invalid event source mapping: queue ARN "arn:aws:kinesis:us-east-1:0:stream/a"`,
		},
		{
			"filters are refused", func(m *Mapping) { m.FilterCriteria = []string{`{"body":{"a":["b"]}}`} }, ErrNotSupported,
			`eventsource: mapping Map: not supported by the local stage: FilterCriteria {"body":{"a":["b"]}}`,
		},
		{
			"a batch over 10 needs a window", func(m *Mapping) { m.BatchSize = 11 }, ErrInvalidMapping,
			"eventsource: mapping Map: invalid event source mapping: batch size 11 needs a batching window of at least 1 second",
		},
		{
			"a FIFO queue takes no window", func(m *Mapping) { m.QueueARN += ".fifo"; m.BatchWindow = time.Second }, ErrInvalidMapping,
			"eventsource: mapping Map: invalid event source mapping: batching window 1s of a FIFO queue, none is allowed",
		},
		{
			"a FIFO queue takes ten a batch", func(m *Mapping) { m.QueueARN += ".fifo"; m.BatchSize = 11 }, ErrInvalidMapping,
			"eventsource: mapping Map: invalid event source mapping: batch size 11 of a FIFO queue, at most 10 are allowed",
		},
		{
			"a window is whole seconds", func(m *Mapping) { m.BatchWindow = 1500 * time.Millisecond }, ErrInvalidMapping,
			"eventsource: mapping Map: invalid event source mapping: batching window 1.5s, whole seconds up to 5m0s are allowed",
		},
		{
			"a concurrency of 1 is refused", func(m *Mapping) { m.MaximumConcurrency = 1 }, ErrInvalidMapping,
			"eventsource: mapping Map: invalid event source mapping: maximum concurrency 1, 2 to 1000 are allowed",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := Mapping{ID: "Map", Function: "work", QueueURL: "http://queue", QueueARN: "arn:aws:sqs:us-east-1:000000000000:work"}
			c.change(&m)
			_, err := NewEventSource(m, SourceConfig{})
			if !errors.Is(err, c.err) || err != nil && err.Error() != c.text {
				t.Errorf("error %v, not %s", err, c.text)
			}
		})
	}
}
