package endpoint

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
)

// An Authorizer evaluates policies (see iam.Engine).
type Authorizer interface {
	Authorize(r iam.Request) iam.Decision
}

// A Meter counts billable requests (see meter.Meter).
type Meter interface {
	Count(function, service, action string, units float64)
}

// An Injector decides which calls get a fault (see faultinjection.Injector).
type Injector interface {
	Inject(service, action, function string, among ...faultinjection.Kind) faultinjection.Injection
}

// Options are what a Front needs. Every field without a default must be set.
type Options struct {
	Account string // Default: 000000000000
	Region  string // Default: us-east-1
	IAM     Authorizer
	Meter   Meter
	Faults  Injector
	Log     *slog.Logger     // Default: slog.Default()
	Now     func() time.Time // Default: time.Now

	// SecretARN returns the ARN of a secret by its name or ARN. Default: the ARN without its random suffix.
	SecretARN func(id string) (arn string, ok bool)
	// MailIdentityARN returns the identity that an address sends under. Default: the address.
	MailIdentityARN func(address string) (arn string, ok bool)
	// RecipientARN returns the identity of a mail's recipient where SES authorizes it too. Default: nowhere.
	RecipientARN func(address string) (arn string, ok bool)
	// PartitionKey returns the name of the partition key of a table or of one of its indexes ("" for the table), for the
	// condition key dynamodb:LeadingKeys. Default: the key is not set.
	PartitionKey func(table, index string) (name string, ok bool)
	// Keys encrypt resources: who uses one must be allowed to use its key. Default: none do.
	Keys kms.Keys
}

// A Front is the endpoint. It is safe for concurrent use once every service has been added.
type Front struct {
	region     string
	iam        Authorizer
	meter      Meter
	faults     Injector
	log        *slog.Logger
	now        func() time.Time
	verifier   *sigv4.Verifier
	keyring    *keyring
	identifier operation.Identifier
	denied     *ring
	partitions partitions // of DynamoDB
	services   map[string]http.Handler
}

// New returns an endpoint that serves STS; other services are added with Handle.
func New(o Options) *Front {
	o.Account, o.Region = cmp.Or(o.Account, "000000000000"), cmp.Or(o.Region, "us-east-1")
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Front{
		region: o.Region, iam: o.IAM, meter: o.Meter, faults: o.Faults, log: o.Log, now: o.Now,
		verifier: sigv4.NewVerifier(o.Region, o.Now),
		keyring:  newKeyring(o.Account),
		identifier: operation.Identifier{
			Region: o.Region, Account: o.Account,
			SecretARN: o.SecretARN, MailIdentityARN: o.MailIdentityARN, RecipientARN: o.RecipientARN, PartitionKey: o.PartitionKey, Keys: o.Keys,
		},
		denied:   newRing(keptDenials),
		services: map[string]http.Handler{},
	}
	f.Handle("sts", callerIdentity{account: o.Account})
	return f
}

// Handle adds a service, named as in the credential scope: dynamodb, sqs, sns, s3, secretsmanager, ses, lambda, monitoring.
// Its handler is called with requests that are authenticated and authorized. Call it before the first request.
func (f *Front) Handle(service string, h http.Handler) {
	f.services[service] = h
}
