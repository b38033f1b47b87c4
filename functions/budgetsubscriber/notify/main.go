// Command notify receives a topic's alerts and notifies their recipients: by e-mail and in a room of the hub.
package main

import (
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/app"
	"github.com/hermes-cdk/hermes/functions/internal/function"
)

func main() { function.Run(contract.FunctionNotify, app.Notify) }
