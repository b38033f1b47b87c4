package endpoint

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// NewSQSProxy returns a proxy to fauxqs that corrects where fauxqs differs from SQS. Both speak the AWS JSON protocol; the
// query protocol of SDKs before 2023 is refused.
func (f *Front) NewSQSProxy(base string, transport http.RoundTripper) (*Proxy, error) {
	p, err := f.NewProxy("sqs", base, transport)
	if err != nil {
		return nil, err
	}
	anonymous := p.prepare
	p.prepare = func(out *http.Request, c *call) *wire.Error {
		if c.op.Protocol == wire.Query {
			return &wire.Error{
				Code: "InvalidAction", Status: http.StatusBadRequest,
				Message: "The local stage speaks the JSON protocol of SQS only: update the SDK or the CLI.",
			}
		}
		if c.op.Name == "ReceiveMessage" {
			if e := chooseAttributes(out, c); e != nil {
				return e
			}
		}
		return anonymous(out, c)
	}
	var kept traces
	p.finish = func(res *http.Response, c *call) *wire.Error {
		if code, party, ok := strings.Cut(res.Header.Get(queryErrorHeader), ";"); ok {
			res.Header.Set(queryErrorHeader, queryCode(code)+";"+party)
		}
		switch {
		case c.op.Name == "SendMessage" || c.op.Name == "SendMessageBatch":
			return kept.sent(res)
		case c.op.Name == "ReceiveMessage" && c.traced:
			return kept.received(res)
		}
		return nil
	}
	return p, nil
}

const (
	queryErrorHeader = "X-Amzn-Query-Error"
	queryPrefix      = "AWS.SimpleQueueService."
)

// prefixed are the codes that carry the service's name in the query protocol; fauxqs prepends it to all
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors).
var prefixed = map[string]bool{
	"BatchEntryIdsNotDistinct": true, "BatchRequestTooLong": true, "EmptyBatchRequest": true, "InvalidBatchEntryId": true,
	"MessageNotInflight": true, "NonExistentQueue": true, "PurgeQueueInProgress": true, "QueueDeletedRecently": true,
	"TooManyEntriesInBatchRequest": true, "UnsupportedOperation": true,
}

// queryCode returns SQS's code in the query protocol for one of fauxqs.
func queryCode(code string) string {
	code = strings.TrimPrefix(code, queryPrefix)
	switch {
	case prefixed[code]:
		return queryPrefix + code
	case code == "QueueNameExists":
		return "QueueAlreadyExists"
	}
	return code
}

// chooseAttributes makes a receive without attribute names return no message attributes, as on AWS; fauxqs returns all
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
func chooseAttributes(out *http.Request, c *call) *wire.Error {
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return unreadable(err)
	}
	var in map[string]json.RawMessage
	const field = "MessageAttributeNames"
	if json.Unmarshal(body, &in) == nil && in != nil {
		c.traced = wantsTraces(in)
	}
	if in != nil && (len(in[field]) == 0 || string(in[field]) == "[]" || string(in[field]) == "null") {
		in[field] = json.RawMessage(`["AWS.None"]`) // no attribute may start with AWS.
		if changed, err := json.Marshal(in); err == nil {
			body = changed
		}
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}
