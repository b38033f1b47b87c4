package provision

import (
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func eventKinds() map[string]kind {
	return map[string]kind{
		"AWS::Events::Rule":             kindOf(planRule),
		"AWS::Scheduler::Schedule":      kindOf(planSchedule),
		"AWS::Scheduler::ScheduleGroup": kindOf(planScheduleGroup),
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

	Description any `ignored:"text for people"`
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
		ID: identify(r), Name: name, ARN: arn("events", "rule/"+name), Expression: in.ScheduleExpression, Pattern: pattern,
		Enabled: in.State != "DISABLED",
	}
	for _, t := range in.Targets {
		target := Target{TargetID: t.Id, ARN: t.Arn, Input: t.Input, DeadLetterARN: t.DeadLetterConfig.Arn, MessageGroupID: t.SqsParameters.MessageGroupId}
		target.retry(t.RetryPolicy)
		action, resource, err := p.target("Properties.Targets", target)
		if err != nil {
			return assembly.Values{}, err
		}
		// A rule calls with the service's principal, for the rule's ARN
		// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
		p.serviceAccess(r, "events.amazonaws.com", action, resource, rule.ARN)
		if target.DeadLetterARN != "" {
			p.serviceAccess(r, "events.amazonaws.com", "sqs:SendMessage", target.DeadLetterARN, rule.ARN)
		}
		rule.Targets = append(rule.Targets, target)
	}
	p.world.Rules = append(p.world.Rules, rule)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": rule.ARN}}, nil
}

// eventPattern takes patterns for events of SES, the only service here that sends any.
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

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
type scheduleProperties struct {
	EndDate            string
	FlexibleTimeWindow struct {
		MaximumWindowInMinutes int
		Mode                   string `only:"OFF,FLEXIBLE"`
	}
	GroupName                  string
	Name                       string
	ScheduleExpression         string `required:"true"`
	ScheduleExpressionTimezone string
	StartDate                  string
	State                      string `only:"ENABLED,DISABLED"`
	Target                     struct {
		Arn              string `required:"true"`
		DeadLetterConfig deadLetter
		Input            string
		RetryPolicy      retryPolicy
		RoleArn          string `required:"true"`
		SqsParameters    sqsParameters
	} `required:"true"`

	Description any `ignored:"text for people"`
}

func planSchedule(p *planner, r *assembly.Resource, in scheduleProperties) (assembly.Values, error) {
	name, group := physicalName(r, in.Name, maxRuleName), orDefault(in.GroupName, "default")
	if err := p.claim(r, "scheduler", group+"/"+name); err != nil {
		return assembly.Values{}, err
	}
	s := Schedule{
		ID: identify(r), Name: name, Group: group, ARN: arn("scheduler", "schedule/"+group+"/"+name),
		Expression: in.ScheduleExpression, TimeZone: in.ScheduleExpressionTimezone, Enabled: in.State != "DISABLED",
		FlexibleWindow: time.Duration(in.FlexibleTimeWindow.MaximumWindowInMinutes) * time.Minute,
	}
	var err error
	if s.Start, err = readTime("Properties.StartDate", in.StartDate); err != nil {
		return assembly.Values{}, err
	}
	if s.End, err = readTime("Properties.EndDate", in.EndDate); err != nil {
		return assembly.Values{}, err
	}
	role, err := p.role(in.Target.RoleArn)
	if err != nil {
		return assembly.Values{}, err
	}
	s.Target = Target{
		ARN: in.Target.Arn, Role: role.Name, Input: in.Target.Input, DeadLetterARN: in.Target.DeadLetterConfig.Arn,
		MessageGroupID: in.Target.SqsParameters.MessageGroupId,
	}
	s.Target.retry(in.Target.RetryPolicy)
	action, resource, err := p.target("Properties.Target", s.Target)
	if err != nil {
		return assembly.Values{}, err
	}
	// A schedule calls with its role
	// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role).
	p.serviceAccess(r, "scheduler.amazonaws.com", "sts:AssumeRole", role.ARN, "")
	p.roleAccess(r, role.Name, action, resource)
	if s.Target.DeadLetterARN != "" {
		p.roleAccess(r, role.Name, "sqs:SendMessage", s.Target.DeadLetterARN)
	}
	p.world.Schedules = append(p.world.Schedules, s)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": s.ARN}}, nil
}

type scheduleGroupProperties struct {
	Name string

	Tags any `ignored:"nothing reads tags"`
}

func planScheduleGroup(_ *planner, r *assembly.Resource, in scheduleGroupProperties) (assembly.Values, error) {
	name := physicalName(r, in.Name, maxRuleName)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": arn("scheduler", "schedule-group/"+name)}}, nil
}

// target checks what a rule or schedule invokes and gives the action that takes.
func (p *planner) target(path string, t Target) (action, resource string, err error) {
	if t.DeadLetterARN != "" {
		if err := p.knownQueue(path+".DeadLetterConfig.Arn", t.DeadLetterARN); err != nil {
			return "", "", err
		}
	}
	if strings.HasPrefix(t.ARN, arn("sqs", "")) {
		return "sqs:SendMessage", t.ARN, p.knownQueue(path+".Arn", t.ARN)
	}
	if !strings.HasPrefix(t.ARN, arn("lambda", "function:")) {
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

func readTime(path, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, invalid("%s: %q is not a time", path, text)
	}
	return t, nil
}
