package budgetsubscriber

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/jsii-runtime-go"
)

const (
	digestLength = 8
	// maxTitle leaves room for the digest in the 100 characters that a budget's name may have.
	maxTitle = 100 - digestLength - 1
)

// newBudget makes the budget. It waits for the topic's policy: Budgets checks that it may publish.
func (b *budgetSubscriber) newBudget() {
	wanted := b.props.Budget
	if wanted == nil {
		return
	}
	title := b.title()
	b.budgetName = title + "-" + b.digest()
	data := &awsbudgets.CfnBudget_BudgetDataProperty{
		BudgetName: &b.budgetName,
		BudgetType: jsii.String("COST"),
		TimeUnit:   jsii.String(string(cmp.Or(wanted.Period, PeriodMonthly))),
		BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{
			Amount: jsii.Number(wanted.Amount), Unit: jsii.String(cmp.Or(wanted.Currency, "USD")),
		},
	}
	if len(wanted.CostFilters) > 0 {
		data.CostFilters = wanted.CostFilters
	}
	b.budget = awsbudgets.NewCfnBudget(b, jsii.String("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: data, NotificationsWithSubscribers: b.notifications(),
	})
	if b.topicPolicy != nil {
		b.budget.Node().AddDependency(b.topicPolicy)
	}
}

func (b *budgetSubscriber) notifications() []any {
	var all []any
	for _, t := range b.props.Budget.thresholds() {
		notification := &awsbudgets.CfnBudget_NotificationProperty{
			ComparisonOperator: jsii.String("GREATER_THAN"),
			NotificationType:   jsii.String("ACTUAL"),
			ThresholdType:      jsii.String("PERCENTAGE"),
			Threshold:          jsii.Number(t.Percent),
		}
		if t.Forecasted {
			notification.NotificationType = jsii.String("FORECASTED")
		}
		if t.Amount > 0 {
			notification.ThresholdType, notification.Threshold = jsii.String("ABSOLUTE_VALUE"), jsii.Number(t.Amount)
		}
		all = append(all, &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
			Notification: notification,
			Subscribers: []any{&awsbudgets.CfnBudget_SubscriberProperty{
				SubscriptionType: jsii.String("SNS"), Address: b.topic.TopicArn(),
			}},
		})
	}
	return all
}

func (b *Budget) thresholds() []Threshold {
	if len(b.Thresholds) == 0 {
		return []Threshold{{Percent: 90}}
	}
	return b.Thresholds
}

// title is the budget's name without its digest.
func (b *budgetSubscriber) title() string {
	if b.props.Budget.Name != "" {
		return b.props.Budget.Name
	}
	title := []rune(strings.ReplaceAll(*b.Node().Path(), "/", "-"))
	return string(title[max(0, len(title)-maxTitle):])
}

// digest is of everything whose change has CloudFormation replace the budget: its notifications, which name the topic.
// The new budget is made before the old one is deleted, so both must differ in name. Stack and region are in it because a
// name is the account's: two stages may each have a budget of that title.
func (b *budgetSubscriber) digest() string {
	stack := b.stack()
	return digestOf(b.props.Budget.thresholds(), stack.Resolve(b.topic.TopicArn()), *stack.StackName(), stack.Resolve(stack.Region()))
}

func digestOf(values ...any) string {
	text, err := json.Marshal(values)
	if err != nil { // plain values always encode
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:digestLength]
}
