package stage

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/eventbridge"
	"github.com/hermes-cdk/hermes/infra/local/internal/eventsource"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
	"github.com/hermes-cdk/hermes/infra/local/internal/ttl"
)

// startSources starts event sources, rules and the expiry of rows.
func (s *Stage) startSources() error {
	// Rules first: a function that reads a queue may send a mail, whose events match a rule.
	if err := s.startRules(); err != nil {
		return err
	}
	if err := s.startMappings(); err != nil {
		return err
	}
	return s.startSweeper()
}

// startMappings starts the event sources, which poll as Lambda does: with the credentials of the function's role.
func (s *Stage) startMappings() error {
	functions := map[string]*provision.Function{}
	for _, f := range s.resources.Functions {
		functions[f.Name] = f
	}
	for _, m := range s.resources.EventSourceMappings {
		f := functions[m.FunctionName]
		source, err := eventsource.NewEventSource(eventsource.Mapping{
			ID:                      m.LogicalID,
			Function:                m.Function,
			QueueURL:                m.QueueURL,
			QueueARN:                m.QueueARN,
			BatchSize:               m.BatchSize,
			BatchWindow:             m.BatchWindow,
			ReportBatchItemFailures: m.ReportBatchItemFailures,
			MaximumConcurrency:      m.MaximumConcurrency,
			Disabled:                !m.Enabled,
		}, eventsource.SourceConfig{
			Queues:  s.queueClient(s.url, s.front.Issue(f.Role, f.Name)),
			Invoker: invoker{s.functions},
			Faults:  queueFaults{&s.faults, f.Name},
			Logger:  s.log,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", m.LogicalID, err)
		}
		s.sources = append(s.sources, source)
		source.Start()
	}
	return nil
}

func (s *Stage) startRules() error {
	s.bus = eventbridge.New(eventbridge.Config{
		Functions: s.functions,
		Queues:    s.queues,
		QueueURL:  s.queueURL,
		Authorize: s.authorizeRule,
		Logger:    s.log,
	})
	for _, r := range s.resources.Rules {
		targets := make([]eventbridge.Target, len(r.Targets))
		for i, t := range r.Targets {
			targets[i] = target(t)
		}
		if err := s.bus.AddRule(eventbridge.Rule{
			Name: r.Name, ARN: r.ARN, Expression: r.Expression, Pattern: r.Pattern, Disabled: !r.Enabled, Targets: targets,
		}); err != nil {
			return fmt.Errorf("%s: %w", r.LogicalID, err)
		}
	}
	s.hearing.Store(true)
	return nil
}

func target(t provision.Target) eventbridge.Target {
	converted := eventbridge.Target{
		ARN: t.ARN, Input: t.Input, MessageGroupID: t.MessageGroupID, DeadLetterARN: t.DeadLetterARN, MaxEventAge: t.MaxEventAge,
	}
	if t.MaxRetries != nil {
		converted.MaxRetries = *t.MaxRetries
		if *t.MaxRetries == 0 {
			converted.MaxRetries = -1
		}
	}
	return converted
}

// authorizeRule evaluates the resource policy of a rule's target.
func (s *Stage) authorizeRule(_ context.Context, a eventbridge.Access) error {
	const principal = "events.amazonaws.com"
	caller := iam.Caller{ARN: principal, Service: principal}
	return s.front.Authorize(caller, a.Action, a.Resource, map[string][]string{"aws:SourceArn": {a.SourceARN}})
}

// startSweeper removes expired rows at the service directly: AWS neither bills nor authorizes that.
func (s *Stage) startSweeper() error {
	var tables []ttl.Table
	for _, t := range s.resources.Tables {
		if t.TTLAttribute == "" {
			continue
		}
		table := ttl.Table{Name: t.Name, Attribute: t.TTLAttribute}
		for _, k := range t.Keys {
			table.Keys = append(table.Keys, k.Name)
		}
		tables = append(tables, table)
	}
	if len(tables) == 0 {
		return nil
	}
	sweeper, err := ttl.New(tables, ttl.Config{
		Items:    dynamodb.NewFromConfig(s.config(s.dynamo.URL, admin())),
		Interval: s.options.Limits.TTLInterval,
		Logger:   s.log,
	})
	if err != nil {
		return err
	}
	s.sweeper = sweeper
	sweeper.Start()
	return nil
}

// deadLetters sends what SNS could not deliver, as SNS, so that the queue's policy is evaluated.
type deadLetters struct{ stage *Stage }

func (d deadLetters) Send(ctx context.Context, topicARN, queueARN, body string, attributes map[string]string) error {
	const principal = "sns.amazonaws.com"
	caller := iam.Caller{ARN: principal, Service: principal}
	if err := d.stage.front.Authorize(caller, "sqs:SendMessage", queueARN, map[string][]string{"aws:SourceArn": {topicARN}}); err != nil {
		return err
	}
	values := map[string]types.MessageAttributeValue{}
	for name, value := range attributes {
		values[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
	}
	_, err := d.stage.queues.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: aws.String(d.stage.queueURL(queueARN)), MessageBody: aws.String(body), MessageAttributes: values,
	})
	return err
}
