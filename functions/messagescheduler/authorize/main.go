// Command authorize is the authorizer of the HTTP API: it admits callers that present a valid token for the group.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/app"
)

func main() { function.Run(contract.FunctionAuthorize, app.Authorize) }
