package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// awsConfig is the caller's own, in the region of the secret. For a stack of the local stage it is the endpoint with the
// administrator's credentials there, so that nobody's real ones are used.
func awsConfig(ctx context.Context, out outputs, endpoint string) (aws.Config, error) {
	var load []func(*config.LoadOptions) error
	if parsed, err := arn.Parse(out.SecretArn); err == nil && parsed.Region != "" {
		load = append(load, config.WithRegion(parsed.Region))
	}
	if out.local != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
		if endpoint == "" && os.Getenv("AWS_ENDPOINT_URL") == "" {
			endpoint = out.local
		}
	}
	if endpoint != "" {
		load = append(load, config.WithBaseEndpoint(endpoint))
	}
	return config.LoadDefaultConfig(ctx, load...)
}

// explain puts what to do in front of the errors that a newcomer meets.
func explain(err error, out outputs, cfg aws.Config) error {
	var noTable *dynamodbtypes.ResourceNotFoundException
	var noSecret *secretstypes.ResourceNotFoundException
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens at %s, start the local stage (make run): %w", aws.ToString(cfg.BaseEndpoint), err)
	case errors.As(err, &noTable), errors.As(err, &noSecret):
		return fmt.Errorf("the outputs of stack %s are out of date, deploy or start it again: %w", out.stack, err)
	}
	return err
}
