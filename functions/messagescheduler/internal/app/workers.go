package app

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/secrets"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/content"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/feedback"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/mail"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// Dispatch builds the handler of the rule that runs each minute.
func Dispatch(vars *env.Vars, log *slog.Logger) func(context.Context) error {
	messages, contents, due := table(vars), bucket(vars), queue(vars, contract.EnvDueQueueURL)
	vars.MustBeComplete(log)

	cfg := awsconfig.MustLoad(log)
	c := clientsOf(cfg)
	messages.Client, contents.Client, due.Client = c.tables, storage(cfg), c.queues
	dispatcher := &dispatch.Dispatcher{
		Index: messages, Progress: messages, Due: due, Shards: messages.Shards, Now: time.Now, Log: log,
		Sweeper: &dispatch.Sweeper{Objects: contents, Messages: messages, Prefix: contents.Prefix, Now: time.Now, Log: log},
	}
	return dispatcher.Run
}

// Expand builds the handler of the due queue.
func Expand(vars *env.Vars, log *slog.Logger) sqsevent.Handler {
	messages, registered, deliveries, contents := table(vars), subscribersTable(vars), deliveriesTable(vars), bucket(vars)
	due, dead := queue(vars, contract.EnvDueQueueURL), queue(vars, contract.EnvDueDeadURL)
	deliveryURL := vars.Optional(contract.EnvDeliveryQueueURL)
	hubURL, metrics := vars.Optional(contract.EnvHubQueueURL), emitter(vars)
	vars.MustBeComplete(log)

	cfg := awsconfig.Prompt(awsconfig.MustLoad(log))
	c := clientsOf(cfg)
	messages.Client, registered.Client, deliveries.Client, contents.Client = c.tables, c.tables, c.tables, storage(cfg)
	due.Client, dead.Client = c.queues, c.queues
	expander := &expand.Expander{
		Messages: messages, Contents: contents, Subscribers: registered, Records: deliveries, Due: due, DeadLetters: dead,
		Retention: deliveries.TTL, Clock: clock.System{}, Metrics: metrics, Log: log,
	}
	if deliveryURL != "" {
		expander.DeliveryQueue = sqs.Queue{URL: deliveryURL, Client: c.queues}
	}
	if hubURL != "" {
		expander.Hub = sqs.Queue{URL: hubURL, Client: c.queues}
	}
	return sqsevent.Each(expander, log)
}

// Deliver builds the handler of the delivery queue.
func Deliver(vars *env.Vars, log *slog.Logger) sqsevent.Handler {
	deliveries, contents := deliveriesTable(vars), bucket(vars)
	own, dead := queue(vars, contract.EnvDeliveryQueueURL), queue(vars, contract.EnvDeliveryDeadURL)
	secret, base := vars.Required(contract.EnvSecretARN), vars.URL(contract.EnvAPIURL).String()
	mailer := mail.Mailer{Sender: vars.Required(contract.EnvSender), ConfigurationSet: vars.Optional(contract.EnvConfigurationSet)}
	instances, rate := vars.Number(contract.EnvSendConcurrency, 1, 1000), vars.OptionalDecimal(contract.EnvSendRate)
	metrics := emitter(vars)
	vars.MustBeComplete(log)

	cfg := awsconfig.Prompt(awsconfig.MustLoad(log))
	c, ses := clientsOf(cfg), sesv2.NewFromConfig(cfg)
	deliveries.Client, contents.Client, own.Client, dead.Client, mailer.Client = c.tables, storage(cfg), c.queues, c.queues, ses
	keys := secrets.NewCache(secretsmanager.NewFromConfig(cfg), secret, time.Now, log)
	return sqsevent.Each(&delivery.Worker{
		Records: deliveries, Contents: &content.Cache{Source: contents}, Mailer: mailer,
		Limiter: &mail.Limiter{Client: ses, Fixed: rate, Instances: instances, Now: time.Now, Log: log},
		Links:   subscribers.Links{Keys: keys, Base: base}, Queue: own, DeadLetters: dead,
		Jitter: rand.N[time.Duration], Clock: clock.System{}, Metrics: metrics, Log: log,
	}, log)
}

// Feedback builds the handler of SES's events.
func Feedback(vars *env.Vars, log *slog.Logger) feedback.Handler {
	deliveries, registered := deliveriesTable(vars), subscribersTable(vars)
	vars.MustBeComplete(log)
	c := clientsOf(awsconfig.MustLoad(log))
	deliveries.Client, registered.Client = c.tables, c.tables
	return feedback.Feedback(&delivery.Listener{
		Records: deliveries, Subscribers: registered, Bounced: subscribers.StatusBounced, Complained: subscribers.StatusComplained,
		Now: time.Now, Log: log,
	}, log)
}
