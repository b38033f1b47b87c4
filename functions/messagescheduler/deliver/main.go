// Command deliver handles the delivery queue: it sends one message to one subscriber, once.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/app"
)

func main() { function.Run(contract.FunctionDeliver, app.Deliver) }
