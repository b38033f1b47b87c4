package app

import (
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/secrets"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/api"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/bearer"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/mail"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// Authorize builds the handler of the API's authorizer.
func Authorize(vars *env.Vars, log *slog.Logger) api.AuthorizeHandler {
	secret := vars.Required(contract.EnvSecretARN)
	vars.MustBeComplete(log)
	cfg := awsconfig.MustLoad(log)
	keys := secrets.NewCache(secretsmanager.NewFromConfig(cfg), secret, time.Now, log)
	return api.Authorize(&bearer.Verifier{Keys: keys, Now: time.Now}, log)
}

// Schedule builds the handler of the message routes.
func Schedule(vars *env.Vars, log *slog.Logger) api.Handler {
	messages, registered, deliveries, contents := table(vars), subscribersTable(vars), deliveriesTable(vars), bucket(vars)
	due, channels := queue(vars, contract.EnvDueQueueURL), strings.Split(vars.Required(contract.EnvChannels), ",")
	vars.MustBeComplete(log)

	cfg := awsconfig.MustLoad(log)
	c := clientsOf(cfg)
	messages.Client, registered.Client, deliveries.Client, contents.Client, due.Client = c.tables, c.tables, c.tables, storage(cfg), c.queues
	return api.Schedule(&schedule.Service{
		Messages: messages, Contents: contents, Due: due, Directory: registered, Results: deliveries,
		Prefix: contents.Prefix, Channels: channels, Retention: deliveries.TTL, Now: time.Now, Log: log,
	}, log)
}

// Subscribers builds the handler of the subscriber routes and of the links in e-mails.
func Subscribers(vars *env.Vars, log *slog.Logger) api.Handler {
	registered, secret := subscribersTable(vars), vars.Required(contract.EnvSecretARN)
	messages := table(vars)
	base := vars.URL(contract.EnvAPIURL).String()
	optIn := vars.Optional(contract.EnvDoubleOptIn) == "true"
	mailer := mail.Mailer{ConfigurationSet: vars.Optional(contract.EnvConfigurationSet)}
	if optIn {
		mailer.Sender = vars.Required(contract.EnvSender)
	}
	vars.MustBeComplete(log)

	cfg := awsconfig.MustLoad(log)
	c := clientsOf(cfg)
	registered.Client, messages.Client, mailer.Client = c.tables, c.tables, sesv2.NewFromConfig(cfg)
	keys := secrets.NewCache(secretsmanager.NewFromConfig(cfg), secret, time.Now, log)
	register := &subscribers.Register{
		Store: registered, Groups: messages, Links: subscribers.Links{Keys: keys, Base: base}, Now: time.Now, Log: log,
	}
	if optIn {
		register.Confirms = mailer
	}
	return api.Subscribers(register, log)
}
