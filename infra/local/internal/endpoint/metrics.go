package endpoint

import (
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

const cloudwatchNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"

// Metrics serves the PutMetricData of CloudWatch: it is metered, and the data are dropped. Add it with Handle("monitoring",
// Metrics{}).
type Metrics struct{}

// ServeHTTP implements http.Handler.
func (Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := callFrom(r.Context()).op
	if op.Name != "PutMetricData" {
		op.Protocol.WriteError(w, &wire.Error{Code: "InvalidAction", Message: "The local stage has no operation " + op.Name + "."})
		return
	}
	switch op.Protocol {
	case wire.CBOR:
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		_, _ = w.Write([]byte{0xa0}) // an empty map (RFC 8949)
	case wire.Query:
		wire.WriteQuery(w, cloudwatchNamespace, op.Name, "")
	default:
		_ = op.Protocol.WriteJSON(w, struct{}{})
	}
}
