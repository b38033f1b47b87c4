// Command connect handles $connect: it adds a new connection to the room of its token.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

func main() { function.Run(contract.FunctionConnect, app.Connect) }
