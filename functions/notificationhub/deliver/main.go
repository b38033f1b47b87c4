// Command deliver handles the fan-out queue: it posts chunks of messages to the connections of large rooms.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

func main() { function.Run(contract.FunctionDeliver, app.Deliver) }
