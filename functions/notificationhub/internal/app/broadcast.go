package app

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/broadcast"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/directory"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

// Broadcast builds the handler of the intake queue.
func Broadcast(vars *env.Vars, log *slog.Logger) sqsevent.Handler {
	connections := store.Connections{Table: vars.Required(contract.EnvConnectionsTable)}
	rows := store.Rows{
		RoomsTable: vars.Required(contract.EnvRoomsTable), MessagesTable: vars.Required(contract.EnvMessagesTable),
		Retention: vars.Seconds(contract.EnvHistoryTTL),
	}
	intake := sqs.Receiver{URL: vars.Required(contract.EnvQueueURL)}
	deadLetters := sqs.Queue{URL: vars.Required(contract.EnvDeadLetterURL)}
	chunks := sqs.Queue{URL: vars.Required(contract.EnvFanoutURL)}
	endpoint, rate := vars.URL(contract.EnvManagementURL), vars.OptionalDecimal(contract.EnvPostRate)
	emitter := newEmitter(vars)
	begin(vars, emitter, log)

	TuneCollector()
	cfg := awsconfig.Prompt(awsconfig.MustLoad(log))
	tables, queues := dynamodb.NewFromConfig(cfg), awssqs.NewFromConfig(cfg)
	connections.Client, rows.Client = tables, tables
	intake.Client, deadLetters.Client, chunks.Client = queues, queues, queues

	broadcaster := &broadcast.Broadcaster{
		Rooms: roomlog.New(roomlog.Config{Store: rows}), Directory: directory.New(connections, wallClock),
		Deliverer:   newDeliverer(newGateway(cfg, endpoint), rate, connections, emitter, log),
		Distributor: fanout.Distributor{Queue: chunks, Jitter: rand.N[time.Duration]},
		DeadLetters: deadLetters, Now: time.Now, Log: log, Metrics: emitter,
	}
	return sqsevent.ReleaseFailed(sqsevent.Batch(broadcaster.Broadcast), intake, log)
}

// wallClock is without the monotonic reading, which stands still while Lambda has frozen the process.
func wallClock() time.Time { return time.Now().Round(0) }
