// Command feedback takes SES's events: it notes what was sent and what came back, and suppresses addresses.
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
	log := logging.New(os.Stdout, contract.FunctionFeedback, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Feedback(env.Read(), log))
}
