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

// A Value is one value of a metric.
type Value struct {
	definition
	n int64
}

// Count is a count.
func Count(name string, n int) Value { return Value{definition{name, "Count"}, int64(n)} }

// Duration is a duration in milliseconds.
func Duration(name string, d time.Duration) Value {
	return Value{definition{name, "Milliseconds"}, d.Milliseconds()}
}

// Seconds is a duration in whole seconds.
func Seconds(name string, d time.Duration) Value {
	return Value{definition{name, "Seconds"}, int64(d / time.Second)}
}

// Count writes a count.
func (e *Emitter) Count(name string, n int) { e.Write(Count(name, n)) }

// Duration writes a duration in milliseconds.
func (e *Emitter) Duration(name string, d time.Duration) { e.Write(Duration(name, d)) }

// Write writes values of the same moment in one line.
func (e *Emitter) Write(values ...Value) {
	if e == nil {
		return
	}
	fields := map[string]any{e.Dimension: e.Value}
	definitions := make([]definition, len(values))
	for i, v := range values {
		definitions[i], fields[v.Name] = v.definition, v.n
	}
	fields["_aws"] = map[string]any{
		"Timestamp":         e.Now().UnixMilli(),
		"CloudWatchMetrics": []directive{{e.Namespace, [][]string{{e.Dimension}}, definitions}},
	}
	line, _ := json.Marshal(fields) //nolint:errchkjson // strings and numbers always marshal
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = e.Out.Write(append(line, '\n'))
}
