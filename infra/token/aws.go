package main

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/hermes-cdk/hermes/infra/internal/deployed"
)

const (
	tokensOutput = "TokensTableName"
	secretOutput = "SecretArn"
)

// regionOf is that of an ARN, or "".
func regionOf(secret string) string {
	parsed, _ := arn.Parse(secret)
	return parsed.Region
}

// explain puts what to do in front of the errors that a newcomer meets.
func explain(err error, stack deployed.Stack, cfg aws.Config) error {
	var noTable *dynamodbtypes.ResourceNotFoundException
	var noSecret *secretstypes.ResourceNotFoundException
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens at %s, start the local stage (make run): %w", aws.ToString(cfg.BaseEndpoint), err)
	case errors.As(err, &noTable), errors.As(err, &noSecret):
		return fmt.Errorf("the outputs of stack %s are out of date, deploy or start it again: %w", stack.Name, err)
	}
	return err
}
