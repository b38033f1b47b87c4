// Command disconnect handles $disconnect: it takes a closed connection out of its room.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/dynamo"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/hub/session"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/wsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func main() {
	log := logging.New(os.Stdout, contract.FunctionDisconnect, os.Getenv(logging.LevelVariable))
	vars := env.Read()
	table := vars.Required(contract.EnvConnectionsTable)
	vars.MustBeComplete(log)

	connections := dynamo.Connections{Client: dynamodb.NewFromConfig(awsconfig.MustLoad(log)), Table: table}
	lambda.Start(wsevent.Disconnect(session.Leaver{Connections: connections}, log))
}
