package app

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/broadcast"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

// Broadcast builds the handler of the intake queue.
func Broadcast(vars *env.Vars, log *slog.Logger) sqsevent.Handler {
	connections := store.Connections{Table: vars.Required(contract.EnvConnectionsTable)}
	rooms := store.Rooms{Table: vars.Required(contract.EnvRoomsTable)}
	history := store.Messages{
		Table: vars.Required(contract.EnvMessagesTable), TTL: vars.Seconds(contract.EnvHistoryTTL), Clock: clock.System{},
	}
	deadLetters := sqs.Queue{URL: vars.Required(contract.EnvDeadLetterURL)}
	chunks := sqs.Queue{URL: vars.Required(contract.EnvFanoutURL)}
	endpoint, rate := vars.URL(contract.EnvManagementURL), vars.OptionalDecimal(contract.EnvPostRate)
	vars.MustBeComplete(log)

	TuneCollector()
	cfg := awsconfig.MustLoad(log)
	tables, queues := dynamodb.NewFromConfig(cfg), awssqs.NewFromConfig(cfg)
	connections.Client, rooms.Client, history.Client = tables, tables, tables
	deadLetters.Client, chunks.Client = queues, queues

	broadcaster := &broadcast.Broadcaster{
		Rooms: rooms, History: history, Directory: connections,
		Deliverer:   newDeliverer(cfg, endpoint, rate, connections, log),
		Distributor: fanout.Distributor{Queue: chunks, Jitter: rand.N[time.Duration]},
		DeadLetters: deadLetters, Now: time.Now, Log: log,
	}
	return sqsevent.Batch(broadcaster.Broadcast)
}
