package stage

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint"
)

// config is the configuration of SDK clients for an endpoint of this machine.
func (s *Stage) config(url string, c endpoint.Credentials) aws.Config {
	return aws.Config{
		Region:       s.environment.Region,
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		HTTPClient:   &http.Client{Transport: endpoint.NewTransport()},
		Retryer:      retryer,
	}
}

// retryer retries as often as the SDK by default, but soon, as it is all on one machine, and for as long as faults are
// injected: the SDK's own would stop after some 100 failures, which the pollers of AWS do not.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff, o.RateLimiter = 20*time.Millisecond, ratelimit.None })
}

// admin are the administrator's credentials.
func admin() endpoint.Credentials {
	return endpoint.Credentials{AccessKeyID: endpoint.AdminAccessKeyID, SecretAccessKey: endpoint.AdminSecretAccessKey}
}

func (s *Stage) queueClient(url string, c endpoint.Credentials) *sqs.Client {
	return sqs.NewFromConfig(s.config(url, c))
}
