package stage

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
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
	}
}

// admin are the administrator's credentials.
func admin() endpoint.Credentials {
	return endpoint.Credentials{AccessKeyID: endpoint.AdminAccessKeyID, SecretAccessKey: endpoint.AdminSecretAccessKey}
}

func (s *Stage) queueClient(url string, c endpoint.Credentials) *sqs.Client {
	return sqs.NewFromConfig(s.config(url, c))
}
