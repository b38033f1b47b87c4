package operation

import (
	"encoding/json"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// cloudwatch identifies metric operations, none of which has a resource level but for alarms
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html).
func (id *Identifier) cloudwatch(op *Operation, r *Request) {
	var namespace string
	switch op.Protocol {
	case wire.Query:
		in := form(r)
		op.Name, namespace = in.Get("Action"), in.Get("Namespace")
	case wire.CBOR: // the body is not read: a condition on the namespace then denies
		path := r.HTTP.URL.Path
		op.Name = path[strings.LastIndexByte(path, '/')+1:]
	default:
		var in struct{ Namespace string }
		_ = json.Unmarshal(r.Body, &in)
		op.Name, namespace = target(r.HTTP), in.Namespace
	}
	switch op.Name {
	case "PutMetricData":
		var context map[string][]string
		if namespace != "" {
			context = map[string][]string{"cloudwatch:namespace": {namespace}}
		}
		op.grant("cloudwatch:PutMetricData", "*", context)
	case "GetMetricData", "GetMetricStatistics", "ListMetrics":
		op.grant("cloudwatch:"+op.Name, "*", nil)
	case "DescribeAlarms":
		op.grant("cloudwatch:DescribeAlarms", id.arn("cloudwatch", "alarm:", "*"), nil)
	}
}
