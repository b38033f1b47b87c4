package endpoint

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// metered are the operations that DynamoDB bills by capacity units.
var metered = map[string]bool{
	"BatchGetItem": true, "BatchWriteItem": true, "DeleteItem": true, "GetItem": true, "PutItem": true, "Query": true,
	"Scan": true, "UpdateItem": true,
}

// NewDynamoProxy returns a proxy to dynalite that meters the request units of each call: it sets ReturnConsumedCapacity, and
// removes the capacity from the response if the caller did not ask for it.
func (f *Front) NewDynamoProxy(base string, transport http.RoundTripper) (*Proxy, error) {
	p, err := f.NewProxy("dynamodb", base, transport)
	if err != nil {
		return nil, err
	}
	anonymous := p.prepare
	p.prepare = func(out *http.Request, c *call) *wire.Error {
		if !f.partitions.admit(&c.op, f.now()) {
			return throttled(&c.op)
		}
		if metered[c.op.Name] {
			askCapacity(out)
		}
		return anonymous(out, c)
	}
	p.finish = func(res *http.Response, c *call) *wire.Error {
		if !metered[c.op.Name] || res.StatusCode != http.StatusOK {
			return nil
		}
		defer func() { f.partitions.charge(&c.op, c.units, f.now()) }()
		return takeCapacity(res, c)
	}
	return p, nil
}

const capacityField = "ReturnConsumedCapacity"

// capacityAsked marks a request whose caller asked for the capacity.
const capacityAsked = "X-Local-Capacity-Asked"

func askCapacity(out *http.Request) {
	out.Header.Del(capacityAsked)
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return
	}
	var in map[string]json.RawMessage
	if json.Unmarshal(body, &in) == nil && in != nil {
		if wanted, ok := in[capacityField]; ok && string(wanted) != `"NONE"` {
			out.Header.Set(capacityAsked, "yes")
		} else {
			in[capacityField] = json.RawMessage(`"TOTAL"`)
			if changed, err := json.Marshal(in); err == nil {
				body = changed
			}
		}
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

type consumed struct{ CapacityUnits float64 }

func takeCapacity(res *http.Response, c *call) *wire.Error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return &wire.Error{Code: "InternalServerError", Message: "The answer of the peer is cut short.", Status: http.StatusInternalServerError}
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal(body, &answer) == nil && answer["ConsumedCapacity"] != nil {
		c.units = capacity(answer["ConsumedCapacity"])
		if res.Request.Header.Get(capacityAsked) == "" {
			delete(answer, "ConsumedCapacity")
			if changed, err := json.Marshal(answer); err == nil {
				body = changed
				// SDKs check the response against this checksum.
				res.Header.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
				res.Header.Set("Content-Length", strconv.Itoa(len(body)))
			}
		}
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// capacity adds up the units of one table, or of a batch's list.
func capacity(raw json.RawMessage) float64 {
	var one consumed
	if json.Unmarshal(raw, &one) == nil {
		return one.CapacityUnits
	}
	var list []consumed
	if json.Unmarshal(raw, &list) != nil {
		return 1
	}
	var sum float64
	for _, table := range list {
		sum += table.CapacityUnits
	}
	return sum
}
