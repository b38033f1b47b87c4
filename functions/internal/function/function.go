// Package function starts a Lambda function.
package function

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
)

// Run builds the handler from the environment, with a logger that names the function, and handles events until the
// process ends.
func Run[Handler any](name string, build func(vars *env.Vars, log *slog.Logger) Handler) {
	log := logging.New(os.Stdout, name, os.Getenv(logging.LevelVariable))
	lambda.Start(build(env.Read(), log))
}
