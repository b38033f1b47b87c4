// Package metrics writes metrics in CloudWatch's embedded metric format: lines of JSON on standard output, from which
// CloudWatch Logs extracts them, without an API call.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package metrics

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// An Emitter writes metrics of one namespace with one dimension. A nil Emitter writes nothing.
type Emitter struct {
	Out              io.Writer
	Namespace        string
	Dimension, Value string
	Now              func() time.Time

	mu sync.Mutex
}

type definition struct {
	Name string
	Unit string
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

// Count writes a count.
func (e *Emitter) Count(name string, n int) { e.write(name, "Count", n) }

// Duration writes a duration in milliseconds.
func (e *Emitter) Duration(name string, d time.Duration) {
	e.write(name, "Milliseconds", d.Milliseconds())
}

func (e *Emitter) write(name, unit string, value any) {
	if e == nil {
		return
	}
	line, _ := json.Marshal(map[string]any{ //nolint:errchkjson // strings and numbers always marshal
		"_aws": map[string]any{
			"Timestamp":         e.Now().UnixMilli(),
			"CloudWatchMetrics": []directive{{e.Namespace, [][]string{{e.Dimension}}, []definition{{name, unit}}}},
		},
		e.Dimension: e.Value,
		name:        value,
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = e.Out.Write(append(line, '\n'))
}
