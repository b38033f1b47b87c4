package cloudwatch

import (
	"bytes"
	"encoding/json"
)

// RecordEmbedded adds the samples of a log line in the embedded metric format. Any other line is none of its business.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func (b *Board) RecordEmbedded(line []byte) {
	if !bytes.HasPrefix(line, []byte("{")) || !bytes.Contains(line, []byte(`"CloudWatchMetrics"`)) {
		return
	}
	var members map[string]json.RawMessage
	var form struct {
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name string }
		}
	}
	if json.Unmarshal(line, &members) != nil || json.Unmarshal(members["_aws"], &form) != nil {
		return
	}
	for _, d := range form.CloudWatchMetrics {
		for _, names := range d.Dimensions {
			dimensions := map[string]string{}
			for _, name := range names {
				var value string
				_ = json.Unmarshal(members[name], &value)
				dimensions[name] = value
			}
			for _, m := range d.Metrics {
				var value float64
				if json.Unmarshal(members[m.Name], &value) == nil {
					b.Record(d.Namespace, m.Name, dimensions, value)
				}
			}
		}
	}
}
