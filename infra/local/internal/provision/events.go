package provision

import (
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func eventKinds() map[string]kind {
	return map[string]kind{
		"AWS::Events::Rule": kindOf(planRule),
	}
}

type retryPolicy struct {
	MaximumEventAgeInSeconds int
	MaximumRetryAttempts     *int
}

type deadLetter struct{ Arn string }

type sqsParameters struct{ MessageGroupId string }

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
type ruleProperties struct {
	EventBusName       string `only:"default"`
	EventPattern       any
	Name               string
	ScheduleExpression string
	State              string `only:"ENABLED,DISABLED"`
	Targets            []struct {
		Arn              string `required:"true"`
		DeadLetterConfig deadLetter
		Id               string `required:"true"`
		Input            string
		RetryPolicy      retryPolicy
		SqsParameters    sqsParameters
	}

	Description any `ignored:"documentation only"`
	Tags        any `ignored:"nothing reads tags"`
}

func planRule(p *planner, r *assembly.Resource, in ruleProperties) (assembly.Values, error) {
	name := physicalName(r, in.Name, maxRuleName)
	if err := p.claim(r, "events", name); err != nil {
		return assembly.Values{}, err
	}
	pattern, err := eventPattern(in.EventPattern)
	if err != nil {
		return assembly.Values{}, err
	}
	if pattern == nil && in.ScheduleExpression == "" {
		return assembly.Values{}, invalid("Properties has neither ScheduleExpression nor EventPattern: the rule would never fire")
	}
	rule := Rule{
		ID: identify(r), Name: name, ARN: p.arn("events", "rule/"+name), Expression: in.ScheduleExpression, Pattern: pattern,
		Enabled: in.State != "DISABLED",
	}
	for _, t := range in.Targets {
		target := Target{TargetID: t.Id, ARN: t.Arn, Input: t.Input, DeadLetterARN: t.DeadLetterConfig.Arn, MessageGroupID: t.SqsParameters.MessageGroupId}
		target.retry(t.RetryPolicy)
		action, resource, err := p.target("Properties.Targets", target)
		if err != nil {
			return assembly.Values{}, err
		}
		// A rule calls with the service's principal and the rule's ARN as source
		// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
		p.serviceAccess(r, "events.amazonaws.com", action, resource, rule.ARN)
		if target.DeadLetterARN != "" {
			p.serviceAccess(r, "events.amazonaws.com", "sqs:SendMessage", target.DeadLetterARN, rule.ARN)
		}
		rule.Targets = append(rule.Targets, target)
	}
	p.resources.Rules = append(p.resources.Rules, rule)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": rule.ARN}}, nil
}

// eventPattern accepts patterns for events of SES, the only service here that sends events.
func eventPattern(value any) (map[string]any, error) {
	if value == nil {
		return nil, nil
	}
	pattern, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("Properties.EventPattern is not an object")
	}
	sources, _ := pattern["source"].([]any)
	if len(sources) != 1 || sources[0] != "aws.ses" {
		return nil, unsupported("Properties.EventPattern: a rule for other events than those of source aws.ses")
	}
	return pattern, nil
}

// target checks what a rule invokes and returns the action that this takes.
func (p *planner) target(path string, t Target) (action, resource string, err error) {
	if t.DeadLetterARN != "" {
		if err := p.knownQueue(path+".DeadLetterConfig.Arn", t.DeadLetterARN); err != nil {
			return "", "", err
		}
	}
	if strings.HasPrefix(t.ARN, p.arn("sqs", "")) {
		return "sqs:SendMessage", t.ARN, p.knownQueue(path+".Arn", t.ARN)
	}
	if !strings.HasPrefix(t.ARN, p.arn("lambda", "function:")) {
		return "", "", unsupported("%s.Arn %s: a target that is neither function nor queue", path, t.ARN)
	}
	f, qualifier, err := p.function(t.ARN)
	if err != nil {
		return "", "", err
	}
	return "lambda:InvokeFunction", qualified(f, qualifier), nil
}

func (t *Target) retry(in retryPolicy) {
	t.MaxRetries = in.MaximumRetryAttempts
	t.MaxEventAge = time.Duration(in.MaximumEventAgeInSeconds) * time.Second
}
