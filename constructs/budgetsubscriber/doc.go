// Package budgetsubscriber provides a construct that delivers alerts of AWS Budgets to the people who spend.
//
// A subscriber is a budget, the SNS topic it publishes to, an endpoint that verifies and understands each alert, and e-mail to
// the recipients of that budget; given a hub, also a message in a room:
//
//	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
//		Budget:     &budgetsubscriber.Budget{Name: "Monthly", Amount: 1000},
//		Sender:     "alerts@example.com",
//		Recipients: []budgetsubscriber.Recipient{{Name: "Ada", Email: "ada@example.com"}},
//	})
//
// The function's sources are part of this module and are built while the app synthesizes; Go is the only tool needed.
package budgetsubscriber
