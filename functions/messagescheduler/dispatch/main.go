// Command dispatch runs each minute: it puts what falls due on the due queue, and sweeps what nothing points to.
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
	log := logging.New(os.Stdout, contract.FunctionDispatch, os.Getenv(logging.LevelVariable))
	lambda.Start(scheduler.Dispatch(env.Read(), log))
}
