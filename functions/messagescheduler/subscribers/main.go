// Command subscribers answers the API's routes of subscribers, and the links in mails.
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
	log := logging.New(os.Stdout, contract.FunctionSubscribers, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Subscribers(env.Read(), log))
}
