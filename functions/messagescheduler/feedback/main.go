// Command feedback handles SES's events: it records what was delivered and what bounced, and suppresses addresses.
package main

import (
	"github.com/hermes-cdk/hermes/functions/internal/function"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/app"
)

func main() { function.Run(contract.FunctionFeedback, app.Feedback) }
