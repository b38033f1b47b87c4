package endpoint

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sqsquery"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// NewSQSProxy makes a proxy to fauxqs and mends what it does otherwise than SQS. It speaks the AWS JSON protocol only:
// requests of older SDKs, in the query protocol, are translated, and their answers back.
func (f *Front) NewSQSProxy(base string, transport http.RoundTripper) (*Proxy, error) {
	p, err := f.NewProxy("sqs", base, transport)
	if err != nil {
		return nil, err
	}
	anonymous := p.prepare
	p.prepare = func(out *http.Request, c *call) *wire.Error {
		if c.op.Protocol == wire.Query {
			if e := translateRequest(out, c.op.Name); e != nil {
				return e
			}
		}
		if c.op.Name == "ReceiveMessage" {
			if e := hideAttributes(out); e != nil {
				return e
			}
		}
		return anonymous(out, c)
	}
	p.finish = func(res *http.Response, c *call) *wire.Error {
		if code, fault, ok := strings.Cut(res.Header.Get(queryErrorHeader), ";"); ok {
			res.Header.Set(queryErrorHeader, queryCode(code)+";"+fault)
		}
		if c.op.Protocol != wire.Query {
			return nil
		}
		return translateAnswer(res, c.op.Name)
	}
	return p, nil
}

const (
	queryErrorHeader = "X-Amzn-Query-Error"
	queryPrefix      = "AWS.SimpleQueueService."
)

// prefixed are the codes that carry the service's name in the query protocol; fauxqs puts it before all
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_Errors).
var prefixed = map[string]bool{
	"BatchEntryIdsNotDistinct": true, "BatchRequestTooLong": true, "EmptyBatchRequest": true, "InvalidBatchEntryId": true,
	"MessageNotInflight": true, "NonExistentQueue": true, "PurgeQueueInProgress": true, "QueueDeletedRecently": true,
	"TooManyEntriesInBatchRequest": true, "UnsupportedOperation": true,
}

// queryCode gives the code that SQS has in the query protocol for one of fauxqs.
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

// hideAttributes has a receiver that names no message attributes get none, as on AWS, where fauxqs gives all
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
func hideAttributes(out *http.Request) *wire.Error {
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return unreadable(err)
	}
	var in map[string]json.RawMessage
	const field = "MessageAttributeNames"
	if json.Unmarshal(body, &in) == nil && in != nil && (len(in[field]) == 0 || string(in[field]) == "[]" || string(in[field]) == "null") {
		in[field] = json.RawMessage(`["AWS.None"]`) // no attribute may start with AWS.
		if changed, err := json.Marshal(in); err == nil {
			body = changed
		}
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}

func translateRequest(out *http.Request, action string) *wire.Error {
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return unreadable(err)
	}
	if len(body) == 0 {
		body = []byte(out.URL.RawQuery)
	}
	text, err := sqsquery.Request(body, out.URL.Path)
	if err != nil {
		return &wire.Error{Code: "MalformedQueryString", Message: err.Error(), Status: http.StatusNotFound}
	}
	out.Method, out.URL.Path, out.URL.RawPath, out.URL.RawQuery = http.MethodPost, "/", "", ""
	out.Header.Set("Content-Type", "application/x-amz-json-1.0")
	out.Header.Set("X-Amz-Target", "AmazonSQS."+action)
	out.Header.Del("Content-Length")
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return nil
}

func translateAnswer(res *http.Response, action string) *wire.Error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return serverError("sqs")
	}
	if res.StatusCode != http.StatusOK {
		code, message := sqsquery.Error(body, res.Header.Get(queryErrorHeader))
		return &wire.Error{Code: code, Message: message, Status: res.StatusCode}
	}
	text, err := sqsquery.Answer(action, body, wire.NewRequestID())
	if err != nil {
		return serverError("sqs")
	}
	res.Header.Set("Content-Type", "text/xml")
	res.Header.Del("Content-Length")
	res.Body = io.NopCloser(bytes.NewReader(text))
	return nil
}
