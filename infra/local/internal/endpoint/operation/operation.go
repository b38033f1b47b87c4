package operation

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
)

// A Grant is a permission that a call needs; it needs all of its grants.
type Grant struct {
	Action   string              // in the form service:Action
	Resource string              // ARN, or "*" where the service has no resource level
	Context  map[string][]string // condition keys of the service; nil for none
}

// An Operation is one call of an AWS API.
type Operation struct {
	Service  string // of the credential scope, for example monitoring for CloudWatch
	Name     string // of the API operation, for example SendMessageBatch
	Protocol wire.Protocol
	Grants   []Grant
	// Known is false for an operation whose permissions are not known: only the administrator may call it.
	Known bool
	// Units is the number of units that the request is billed as, judged by the request alone. At least 1.
	Units float64
}

// A Request is what an operation is identified from.
type Request struct {
	Service string // of the credential scope
	HTTP    *http.Request
	// Body is the whole body. For S3 it is only needed for POST ?delete and may be nil otherwise.
	Body []byte
	// Bucket and Key are those of an S3 request, unescaped (see SplitS3).
	Bucket, Key string
}

// An Identifier identifies operations. Every func may be nil.
type Identifier struct {
	Region, Account string
	// SecretARN returns the ARN of a secret by its name or ARN.
	SecretARN func(id string) (arn string, ok bool)
	// MailIdentityARN returns the ARN of the verified identity that an address sends under.
	MailIdentityARN func(address string) (arn string, ok bool)
	// RecipientARN returns the ARN of the identity of a mail's recipient, in the sandbox of SES.
	RecipientARN func(address string) (arn string, ok bool)
	// PartitionKey returns the name of the partition key of a table or of one of its indexes, for dynamodb:LeadingKeys.
	PartitionKey func(table, index string) (name string, ok bool)
	// Keys encrypt resources.
	Keys kms.Keys
}

// Identify returns the operation of a request. One that it cannot identify is not Known.
func (id *Identifier) Identify(r *Request) Operation {
	op := Operation{Service: r.Service, Protocol: ProtocolOf(r.Service, r.HTTP), Units: 1}
	switch r.Service {
	case "dynamodb":
		id.dynamodb(&op, r)
	case "sqs":
		id.sqs(&op, r)
	case "sns":
		id.sns(&op, r)
	case "s3":
		id.s3(&op, r)
	case "secretsmanager":
		id.secrets(&op, r)
	case "ses":
		id.mail(&op, r)
	case "lambda":
		id.lambda(&op, r)
	case "monitoring":
		id.cloudwatch(&op, r)
	case "sts":
		id.sts(&op, r)
	}
	id.keys(&op)
	return op
}

// keys adds what the operation takes of the keys of its resources.
func (id *Identifier) keys(op *Operation) {
	for _, g := range op.Grants {
		for _, use := range id.Keys.Uses(g.Action, g.Resource) {
			op.grant(use.Action, use.Key, use.Context)
		}
	}
}

// ProtocolOf returns the protocol in which a service responds to a request.
func ProtocolOf(service string, r *http.Request) wire.Protocol {
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return wire.CBOR
	case r.Header.Get("X-Amz-Target") != "":
		if strings.HasSuffix(r.Header.Get("Content-Type"), "1.1") {
			return wire.JSON11
		}
		return wire.JSON10
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"), r.URL.Query().Has("Action"):
		return wire.Query
	case service == "s3", service == "":
		return wire.RESTXML
	default:
		return wire.RESTJSON
	}
}

// target returns the operation of the AWS JSON protocols, "" if there is none.
func target(r *http.Request) string {
	t := r.Header.Get("X-Amz-Target")
	return t[strings.LastIndexByte(t, '.')+1:]
}

// form returns the parameters of the query protocol: those of the body, or of a GET's query.
func form(r *Request) url.Values {
	text := string(r.Body)
	if text == "" {
		text = r.HTTP.URL.RawQuery
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return url.Values{}
	}
	return values
}

// grant adds a permission and marks the operation as known.
func (op *Operation) grant(action, resource string, context map[string][]string) {
	op.Grants = append(op.Grants, Grant{Action: action, Resource: resource, Context: context})
	op.Known = true
}

// arn returns an ARN in this account and region, or name if it is one already.
func (id *Identifier) arn(service, prefix, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:" + service + ":" + id.Region + ":" + id.Account + ":" + prefix + name
}
