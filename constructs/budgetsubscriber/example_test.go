package budgetsubscriber_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// A budget of 1,000 USD a month; at 90 % of it Ada gets an e-mail.
func ExampleNewBudgetSubscriber() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:     &budgetsubscriber.Budget{Name: "Monthly", Amount: 1000},
		Sender:     "alerts@example.com",
		Recipients: []budgetsubscriber.Recipient{{Name: "Ada", Email: "ada@example.com"}},
	})
	app.Synth(nil)
}

// Alerts at half of the budget, when all of it is forecasted, and at 1,200 USD, in the room "costs" of a hub.
func ExampleNewBudgetSubscriber_hub() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("MyStack"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget: &budgetsubscriber.Budget{
			Name: "Monthly", Amount: 1000,
			Thresholds: []budgetsubscriber.Threshold{{Percent: 50}, {Percent: 100, Forecasted: true}, {Amount: 1200}},
		},
		Hub:  hub,
		Room: "costs",
	})
	app.Synth(nil)
}
