// Command send handles sendMessage: it puts a client's message on the intake queue.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

func main() { function.Run(contract.FunctionSend, app.Send) }
