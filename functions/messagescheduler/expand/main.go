// Command expand works off the due queue: one send for each subscriber, one message for the hub, the next occurrence of a repeat.
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
	log := logging.New(os.Stdout, contract.FunctionExpand, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Expand(env.Read(), log))
}
