// Command notify receives a topic's alerts and tells people: by e-mail and in a room of the hub.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/internal/budgetevent"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionNotify, os.Getenv(logging.LevelVariable))
	lambda.Start(budgetevent.New(env.Read(), log).Handle)
}
