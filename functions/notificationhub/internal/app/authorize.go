package app

import (
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/secrets"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/wsevent"
)

// Authorize builds the handler of the authorizer.
func Authorize(vars *env.Vars, log *slog.Logger) wsevent.AuthorizeHandler {
	table, secret := vars.Required(contract.EnvTokensTable), vars.Required(contract.EnvSecretARN)
	origins := admission.ParseOrigins(vars.Optional(contract.EnvAllowedOrigins))
	emitter := newEmitter(vars)
	begin(vars, emitter, log)

	cfg := awsconfig.MustLoad(log)
	keys := secrets.NewCache(secretsmanager.NewFromConfig(cfg), secret, time.Now, log)
	tokens := store.Tokens{Client: dynamodb.NewFromConfig(cfg), Table: table}
	admitter := admission.Admitter{Verifier: admission.NewVerifier(keys, tokens, time.Now), Origins: origins}
	return wsevent.Authorize(admitter, emitter, log)
}
