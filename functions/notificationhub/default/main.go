// Command default handles hello, ping, history, and every frame that no other route takes.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/dynamo"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/hub/session"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/wsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionDefault, os.Getenv(logging.LevelVariable))
	vars := env.Read()
	rooms := dynamo.Rooms{Table: vars.Required(contract.EnvRoomsTable)}
	messages := dynamo.Messages{Table: vars.Required(contract.EnvMessagesTable), Clock: clock.System{}}
	vars.MustBeComplete(log)

	client := dynamodb.NewFromConfig(awsconfig.MustLoad(log))
	rooms.Client, messages.Client = client, client
	lambda.Start(wsevent.Message(session.Responder{Rooms: rooms, History: messages, Log: log}.Respond, log))
}
