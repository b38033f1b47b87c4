// Command broadcast works off the intake queue: it numbers and keeps messages and brings them to their rooms.
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
	log := logging.New(os.Stdout, contract.FunctionBroadcast, os.Getenv(logging.LevelVariable))
	lambda.Start(workers.Broadcast(env.Read(), log))
}
