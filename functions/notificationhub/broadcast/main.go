// Command broadcast handles the intake queue: it numbers messages, stores them and delivers them to their rooms.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

func main() { function.Run(contract.FunctionBroadcast, app.Broadcast) }
