package app

import (
	"log/slog"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/management"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

// Deliver builds the handler of the fan-out queue.
func Deliver(vars *env.Vars, log *slog.Logger) sqsevent.Handler {
	connections := store.Connections{Table: vars.Required(contract.EnvConnectionsTable)}
	chunks := sqs.Queue{URL: vars.Required(contract.EnvFanoutURL)}
	deadLetters := sqs.Queue{URL: vars.Required(contract.EnvFanoutDeadURL)}
	endpoint, rate := vars.URL(contract.EnvManagementURL), vars.OptionalDecimal(contract.EnvPostRate)
	emitter := newEmitter(vars)
	begin(vars, emitter, log)

	TuneCollector()
	cfg := awsconfig.Prompt(awsconfig.MustLoad(log))
	queues := awssqs.NewFromConfig(cfg)
	connections.Client, chunks.Client, deadLetters.Client = dynamodb.NewFromConfig(cfg), queues, queues

	gateway := newGateway(cfg, endpoint)
	return sqsevent.Each(fanout.Worker{
		Deliverer: newDeliverer(gateway, rate, connections, emitter, log), Closer: gateway,
		Distributor: fanout.Distributor{Queue: chunks, Jitter: rand.N[time.Duration]},
		DeadLetters: deadLetters, Log: log,
	}, log)
}

func newGateway(cfg aws.Config, endpoint *url.URL) *management.Connections {
	return management.New(endpoint, cfg.Region, cfg.Credentials, time.Now)
}

func newDeliverer(gateway *management.Connections, rate float64, connections store.Connections, emitter *metrics.Emitter, log *slog.Logger) *deliver.Deliverer {
	return deliver.New(deliver.Config{Poster: gateway, Prober: gateway, Remover: connections, Log: log, Rate: rate, Metrics: emitter})
}
