package app

import (
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/wsevent"
)

// Connect builds the handler of $connect.
func Connect(vars *env.Vars, log *slog.Logger) wsevent.Handler {
	connections := store.Connections{Table: vars.Required(contract.EnvConnectionsTable), TTL: vars.Seconds(contract.EnvConnectionTTL)}
	vars.MustBeComplete(log)

	connections.Client = dynamodb.NewFromConfig(awsconfig.MustLoad(log))
	return wsevent.Connect(session.Joiner{Connections: connections}, log)
}

// Disconnect builds the handler of $disconnect.
func Disconnect(vars *env.Vars, log *slog.Logger) wsevent.Handler {
	connections := store.Connections{Table: vars.Required(contract.EnvConnectionsTable)}
	emitter := newEmitter(vars)
	begin(vars, emitter, log)

	connections.Client = dynamodb.NewFromConfig(awsconfig.MustLoad(log))
	return wsevent.Disconnect(session.Leaver{Connections: connections}, emitter, log)
}

// Send builds the handler of sendMessage.
func Send(vars *env.Vars, log *slog.Logger) wsevent.Handler {
	intake, endpoint := sqs.Queue{URL: vars.Required(contract.EnvQueueURL)}, vars.URL(contract.EnvManagementURL)
	vars.MustBeComplete(log)

	cfg := awsconfig.Prompt(awsconfig.MustLoad(log))
	intake.Client = awssqs.NewFromConfig(cfg)
	return wsevent.Post(session.Publisher{Intake: intake, NewID: hub.NewMessageID, Log: log}.Publish, newGateway(cfg, endpoint), log)
}

// Default builds the handler of hello, ping, history and every frame that no other route takes.
func Default(vars *env.Vars, log *slog.Logger) wsevent.Handler {
	rows := store.Rows{RoomsTable: vars.Required(contract.EnvRoomsTable), MessagesTable: vars.Required(contract.EnvMessagesTable)}
	emitter := newEmitter(vars)
	begin(vars, emitter, log)

	rows.Client = dynamodb.NewFromConfig(awsconfig.Prompt(awsconfig.MustLoad(log)))
	return wsevent.Message(session.Responder{Rows: rows, Now: time.Now, Log: log, Metrics: emitter}.Respond, log)
}
