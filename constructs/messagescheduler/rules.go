package messagescheduler

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

type rules struct{ dispatch, feedback awsevents.Rule }

// newRules runs dispatch each minute and hands the events of SES to feedback.
func (s *messageScheduler) newRules() {
	dispatch := s.functions[contract.FunctionDispatch]
	// A run that failed is not repeated: the next one does its work, and two at once would do it twice.
	dispatch.ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{
		RetryAttempts: jsii.Number(0),
		MaxEventAge:   resource.Seconds(time.Minute),
	})
	once := &awsevents.CfnRule_RetryPolicyProperty{
		MaximumRetryAttempts: jsii.Number(0), MaximumEventAgeInSeconds: jsii.Number(time.Minute.Seconds()),
	}
	s.rules.dispatch = resource.NewRule(s, "EachMinute", dispatch, once, awsevents.RuleProps{
		Description: jsii.String("Hermes scheduler: hands what falls due to the due queue"),
		Schedule:    awsevents.Schedule_Rate(resource.Seconds(contract.Interval)),
	})
	if !s.sendsMail() {
		return
	}
	s.rules.feedback = resource.NewRule(s, "MailEvents", s.functions[contract.FunctionFeedback], nil, awsevents.RuleProps{
		Description:  jsii.String("Hermes scheduler: bounces, complaints and acceptance of mails"),
		EventPattern: sender.Reports(s.configurationSet, contract.EventSource, contract.DetailTypes()...),
	})
}
