package metrics_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
)

func TestEmitterWritesTheEmbeddedMetricFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := &metrics.Emitter{Out: &out, Namespace: "N", Dimension: "D", Value: "v", Now: func() time.Time { return time.UnixMilli(7) }}
	e.Count("Sent", 2)
	e.Duration("Lateness", 1500*time.Microsecond)
	e.Write(metrics.Count("Posts", 3), metrics.Seconds("Life", 90*time.Second))
	want := `{"D":"v","Sent":2,"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Sent","Unit":"Count"}]}],"Timestamp":7}}
{"D":"v","Lateness":1,"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Lateness","Unit":"Milliseconds"}]}],"Timestamp":7}}
{"D":"v","Life":90,"Posts":3,"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["D"]],"Metrics":[{"Name":"Posts","Unit":"Count"},{"Name":"Life","Unit":"Seconds"}]}],"Timestamp":7}}
`
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
	(*metrics.Emitter)(nil).Count("Sent", 1) // writes nothing
}
