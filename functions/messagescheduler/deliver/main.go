// Command deliver works off the sends queue: it mails one message to one subscriber, once.
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
	log := logging.New(os.Stdout, contract.FunctionDeliver, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Deliver(env.Read(), log))
}
