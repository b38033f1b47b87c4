// Command dispatch runs each minute: it puts what falls due on the due queue, and removes objects that nothing refers to.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/app"
)

func main() { function.Run(contract.FunctionDispatch, app.Dispatch) }
