package wire

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// A Protocol is the format of a service's requests and responses
// (https://smithy.io/2.0/aws/protocols/index.html).
type Protocol int

// The protocols of the services here.
const (
	JSON10   Protocol = iota // DynamoDB, SQS
	JSON11                   // Secrets Manager
	Query                    // SNS, STS, CloudWatch of older SDKs
	RESTJSON                 // Lambda, SES, execute-api
	RESTXML                  // S3
	CBOR                     // CloudWatch of newer SDKs (RPC v2)
)

// WriteError responds with e, which is not changed.
func (p Protocol) WriteError(w http.ResponseWriter, e *Error) {
	id := uuid.New()
	switch p {
	case Query:
		p.write(w, e, "x-amzn-RequestId", id, "text/xml", queryError(e, id))
	case RESTXML:
		p.write(w, e, "x-amz-request-id", id, "application/xml", s3Error(e, id))
	case RESTJSON:
		w.Header().Set("x-amzn-ErrorType", e.Code)
		p.write(w, e, "x-amzn-RequestId", id, "application/json", jsonError(e, false))
	case CBOR:
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		p.write(w, e, "x-amzn-RequestId", id, "application/cbor", cborError(e))
	case JSON11:
		p.write(w, e, "x-amzn-RequestId", id, "application/x-amz-json-1.1", jsonError(e, true))
	case JSON10:
		// SQS speaks JSON now; its SDKs restore the old names from this header
		// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html).
		if e.QueryCode != "" {
			w.Header().Set("x-amzn-query-error", e.QueryCode+";"+e.errorType())
		}
		p.write(w, e, "x-amzn-RequestId", id, "application/x-amz-json-1.0", jsonError(e, true))
	}
}

func (p Protocol) write(w http.ResponseWriter, e *Error, idHeader, id, contentType string, body []byte) {
	w.Header().Set(idHeader, id)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status())
	_, _ = w.Write(body)
}

func jsonError(e *Error, named bool) []byte {
	body := map[string]string{"message": e.Message}
	if named {
		body["__type"] = "com.amazon.coral.service#" + e.Code
	}
	text, err := json.Marshal(body)
	if err != nil { // a map of strings always marshals
		return []byte("{}")
	}
	return text
}

func queryError(e *Error, id string) []byte {
	return []byte("<ErrorResponse><Error><Type>" + e.errorType() + "</Type><Code>" + Escape(e.queryCode()) + "</Code><Message>" +
		Escape(e.Message) + "</Message></Error><RequestId>" + id + "</RequestId></ErrorResponse>")
}

func s3Error(e *Error, id string) []byte {
	return []byte(xml.Header + "<Error><Code>" + Escape(e.Code) + "</Code><Message>" + Escape(e.Message) +
		"</Message><RequestId>" + id + "</RequestId></Error>")
}

// cborError is a map of two texts (RFC 8949, major types 5 and 3).
func cborError(e *Error) []byte {
	b := []byte{0xa2}
	for _, s := range []string{"__type", e.Code, "message", e.Message} {
		b = append(b, 0x7a, byte(len(s)>>24), byte(len(s)>>16), byte(len(s)>>8), byte(len(s)))
		b = append(b, s...)
	}
	return b
}

// Escape escapes text for XML content and attributes. Characters that XML cannot represent become U+FFFD.
func Escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
