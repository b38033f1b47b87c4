package provision

import "github.com/hermes-cdk/hermes/infra/local/internal/assembly"

func budgetKinds() map[string]kind {
	return map[string]kind{"AWS::Budgets::Budget": kindOf(planBudget)}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
type budgetProperties struct {
	Budget struct {
		BudgetLimit struct {
			Amount float64 `required:"true"`
			Unit   string  `required:"true"`
		}
		BudgetName string
		BudgetType string `required:"true"`
		TimeUnit   string `required:"true"`

		CostFilters      any `ignored:"nothing is spent here"`
		CostTypes        any `ignored:"nothing is spent here"`
		FilterExpression any `ignored:"nothing is spent here"`
		Metrics          any `ignored:"nothing is spent here"`
		TimePeriod       any `ignored:"nothing is spent here"`
	} `required:"true"`
	NotificationsWithSubscribers []struct {
		Notification struct {
			ComparisonOperator string  `required:"true"`
			NotificationType   string  `required:"true" only:"ACTUAL,FORECASTED"`
			Threshold          float64 `required:"true"`
			ThresholdType      string  `only:"PERCENTAGE,ABSOLUTE_VALUE"`
		} `required:"true"`
		Subscribers []struct {
			Address          string `required:"true"`
			SubscriptionType string `required:"true" only:"SNS,EMAIL"`
		} `required:"true"`
	}

	ResourceTags any `ignored:"nothing reads tags"`
}

func planBudget(p *planner, r *assembly.Resource, in budgetProperties) (assembly.Values, error) {
	name := physicalName(r, in.Budget.BudgetName, maxBudgetName)
	if err := p.claim(r, "budgets", name); err != nil {
		return assembly.Values{}, err
	}
	b := Budget{
		ID: identify(r), Name: name, Type: in.Budget.BudgetType, TimeUnit: in.Budget.TimeUnit,
		Amount: in.Budget.BudgetLimit.Amount, Unit: in.Budget.BudgetLimit.Unit,
	}
	for _, n := range in.NotificationsWithSubscribers {
		notification := BudgetNotification{
			Type: n.Notification.NotificationType, Comparison: n.Notification.ComparisonOperator,
			Threshold: n.Notification.Threshold, ThresholdType: orDefault(n.Notification.ThresholdType, "PERCENTAGE"),
		}
		for _, s := range n.Subscribers {
			if s.SubscriptionType == "EMAIL" {
				notification.Emails = append(notification.Emails, s.Address)
				continue
			}
			notification.Topics = append(notification.Topics, s.Address)
			if _, ok := p.topics[s.Address]; !ok {
				return assembly.Values{}, unsupported("subscriber %s, which is not a topic of the assembly,", s.Address)
			}
			// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
			p.serviceAccess(r, "budgets.amazonaws.com", "sns:Publish", s.Address, p.budgetARN(name))
		}
		b.Notifications = append(b.Notifications, notification)
	}
	p.resources.Budgets = append(p.resources.Budgets, b)
	return assembly.Values{Ref: name}, nil
}

// budgetARN has no region
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html).
func (p *planner) budgetARN(name string) string { return p.globalARN("budgets", "budget/"+name) }
