// Command authorize is the Lambda authorizer of $connect: it admits clients that present a valid token.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

func main() { function.Run(contract.FunctionAuthorize, app.Authorize) }
