// Command connect handles $connect: it puts a new connection into the room of its token.
package main

import (
	"os"
	"time"

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
	log := logging.New(os.Stdout, contract.FunctionConnect, os.Getenv(logging.LevelVariable))
	vars := env.Read()
	table, ttl := vars.Required(contract.EnvConnectionsTable), vars.Seconds(contract.EnvConnectionTTL)
	vars.MustBeComplete(log)

	client := dynamodb.NewFromConfig(awsconfig.MustLoad(log))
	connections := dynamo.Connections{Client: client, Table: table, TTL: ttl}
	lambda.Start(wsevent.Connect(session.Joiner{Connections: connections, Now: time.Now}, log))
}
