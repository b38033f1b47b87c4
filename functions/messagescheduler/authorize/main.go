// Command authorize is the authorizer of the HTTP API: it admits those who hold a valid token for the group.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/scheduler"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionAuthorize, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Authorize(env.Read(), log))
}
