// Command send handles sendMessage: it puts what a client says to its room on the intake queue.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/hub/session"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/internal/wsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionSend, os.Getenv(logging.LevelVariable))
	vars := env.Read()
	url := vars.Required(contract.EnvQueueURL)
	vars.MustBeComplete(log)

	intake := sqs.Queue{Client: awssqs.NewFromConfig(awsconfig.MustLoad(log)), URL: url}
	lambda.Start(wsevent.Message(session.Publisher{Intake: intake, Log: log}.Publish, log))
}
