// Command authorize is the Lambda authorizer of $connect: it admits those who hold a valid token.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/dynamo"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/hub/admission"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/secrets"
	"github.com/hermes-cdk/hermes/functions/internal/wsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionAuthorize, os.Getenv(logging.LevelVariable))
	vars := env.Read()
	table, secret := vars.Required(contract.EnvTokensTable), vars.Required(contract.EnvSecretARN)
	origins := admission.ParseOrigins(vars.Optional(contract.EnvAllowedOrigins))
	vars.MustBeComplete(log)

	cfg := awsconfig.MustLoad(log)
	keys := secrets.NewCache(secretsmanager.NewFromConfig(cfg), secret, time.Now, log)
	tokens := dynamo.Tokens{Client: dynamodb.NewFromConfig(cfg), Table: table}
	admitter := admission.Admitter{Verifier: admission.NewVerifier(keys, tokens, time.Now), Origins: origins}
	lambda.Start(wsevent.Authorize(admitter, log))
}
