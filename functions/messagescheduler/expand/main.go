// Command expand handles the due queue: it makes one delivery for each subscriber, one message for the hub, and schedules the next
// occurrence of a repeat.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/app"
)

func main() { function.Run(contract.FunctionExpand, app.Expand) }
