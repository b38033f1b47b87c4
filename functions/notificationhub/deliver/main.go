// Command deliver works off the fan-out queue: it posts chunks of messages to the connections of large rooms.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/workers"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionDeliver, os.Getenv(logging.LevelVariable))
	lambda.Start(workers.Deliver(env.Read(), log))
}
