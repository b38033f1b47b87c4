// Command schedule answers the API's routes of messages, and serves the document that describes the API.
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
	log := logging.New(os.Stdout, contract.FunctionSchedule, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Schedule(env.Read(), log))
}
