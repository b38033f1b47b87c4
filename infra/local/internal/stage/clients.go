package stage

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/front"
)

// config is that of an SDK client for an endpoint of this machine.
func config(endpoint string, c front.Credentials) aws.Config {
	return aws.Config{
		Region:       assembly.Region,
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		HTTPClient:   &http.Client{Transport: front.NewTransport()},
	}
}

// admin is the administrator, who may do everything.
func admin() front.Credentials {
	return front.Credentials{AccessKeyID: front.AdminAccessKeyID, SecretAccessKey: front.AdminSecretAccessKey}
}

func queueClient(endpoint string, c front.Credentials) *sqs.Client {
	return sqs.NewFromConfig(config(endpoint, c))
}
