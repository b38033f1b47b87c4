package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func snsKinds() map[string]kind {
	return map[string]kind{
		"AWS::SNS::Topic":        kindOf(planTopic),
		"AWS::SNS::Subscription": kindOf(planSubscription),
		"AWS::SNS::TopicPolicy":  kindOf(planTopicPolicy),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
type topicProperties struct {
	DisplayName      string
	FifoTopic        string `only:"false"`
	KmsMasterKeyId   string //nolint:revive // the property's name
	SignatureVersion string `only:"1,2"`
	Subscription     []struct {
		Endpoint string `required:"true"`
		Protocol string `required:"true"`
	}
	TopicName string

	DeliveryStatusLogging any `ignored:"deliveries are logged by the local stage"`
	Tags                  any `ignored:"nothing reads tags"`
	TracingConfig         any `ignored:"traces are not collected"`
}

func planTopic(p *planner, r *assembly.Resource, in topicProperties) (assembly.Values, error) {
	name := physicalName(r, in.TopicName, maxTopicName)
	if err := p.claim(r, "sns", name); err != nil {
		return assembly.Values{}, err
	}
	t := &Topic{ID: identify(r), Name: name, ARN: p.arn("sns", name), DisplayName: in.DisplayName, SignatureVersion: orDefault(in.SignatureVersion, "1")}
	p.encrypt(r, "Properties.KmsMasterKeyId", in.KmsMasterKeyId, t.ARN)
	p.topics[t.ARN] = t
	p.resources.Topics = append(p.resources.Topics, t)
	for _, s := range in.Subscription {
		if _, err := planSubscription(p, r, subscriptionProperties{TopicArn: t.ARN, Protocol: s.Protocol, Endpoint: s.Endpoint}); err != nil {
			return assembly.Values{}, err
		}
	}
	return assembly.Values{Ref: t.ARN, Attributes: map[string]any{"TopicArn": t.ARN, "TopicName": name}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
type subscriptionProperties struct {
	DeliveryPolicy     any    // an object, or its JSON
	Endpoint           string `required:"true"`
	FilterPolicy       any    // an object, or its JSON
	FilterPolicyScope  string `only:"MessageAttributes,MessageBody"`
	Protocol           string `required:"true" only:"https,http,lambda,sqs,email,email-json"`
	RawMessageDelivery bool
	RedrivePolicy      any // an object, or its JSON
	Region             string
	TopicArn           string `required:"true"`
}

func planSubscription(p *planner, r *assembly.Resource, in subscriptionProperties) (assembly.Values, error) {
	topic, ok := p.topics[in.TopicArn]
	if !ok {
		return assembly.Values{}, unsupported("topic %s, which is not in the assembly,", in.TopicArn)
	}
	if err := p.here("Properties.Region", in.Region); err != nil {
		return assembly.Values{}, err
	}
	s := Subscription{
		ID: identify(r), TopicARN: topic.ARN, Protocol: in.Protocol, Endpoint: in.Endpoint, ARN: topic.ARN + ":" + uuid(r),
	}
	values := assembly.Values{Ref: s.ARN, Attributes: map[string]any{"Arn": s.ARN}}
	if strings.HasPrefix(in.Protocol, "email") {
		p.inert(r, "SNS sends no e-mail here: the subscription could not be confirmed")
		return values, nil
	}
	if in.FilterPolicy != nil && in.Protocol != "sqs" {
		return values, unsupported("Properties.FilterPolicy for protocol %s", in.Protocol)
	}
	var err error
	if s.Attributes, err = subscriptionAttributes(in); err != nil {
		return values, err
	}
	redrive, err := decodeObject[struct {
		DeadLetterTargetArn string `property:"deadLetterTargetArn" required:"true"`
	}]("Properties.RedrivePolicy", in.RedrivePolicy)
	if err != nil {
		return values, err
	}
	p.resources.Subscriptions = append(p.resources.Subscriptions, s)
	p.later(r, func() error { return p.wireSubscription(r, s, redrive.DeadLetterTargetArn) })
	return values, nil
}

func subscriptionAttributes(in subscriptionProperties) (map[string]string, error) {
	attributes := map[string]string{}
	for name, value := range map[string]any{
		"DeliveryPolicy": in.DeliveryPolicy, "FilterPolicy": in.FilterPolicy, "RedrivePolicy": in.RedrivePolicy,
	} {
		text, err := jsonText("Properties."+name, value)
		if err != nil {
			return nil, err
		}
		if text != "" {
			attributes[name] = text
		}
	}
	if in.RawMessageDelivery {
		attributes["RawMessageDelivery"] = "true"
	}
	if in.FilterPolicyScope != "" {
		attributes["FilterPolicyScope"] = in.FilterPolicyScope
	}
	return attributes, nil
}

// wireSubscription checks endpoint and dead-letter queue and records the permissions SNS needs for them
// (https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html,
// https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html).
func (p *planner) wireSubscription(r *assembly.Resource, s Subscription, deadLetterARN string) error {
	const service = "sns.amazonaws.com"
	switch s.Protocol {
	case "sqs":
		if err := p.knownQueue("Properties.Endpoint", s.Endpoint); err != nil {
			return err
		}
		p.serviceAccess(r, service, "sqs:SendMessage", s.Endpoint, s.TopicARN)
	case "lambda":
		f, qualifier, err := p.function(s.Endpoint)
		if err != nil {
			return err
		}
		p.serviceAccess(r, service, "lambda:InvokeFunction", qualified(f, qualifier), s.TopicARN)
	}
	if deadLetterARN == "" {
		return nil
	}
	p.serviceAccess(r, service, "sqs:SendMessage", deadLetterARN, s.TopicARN)
	return p.knownQueue("Properties.RedrivePolicy.deadLetterTargetArn", deadLetterARN)
}

type topicPolicyProperties struct {
	PolicyDocument any      `required:"true"`
	Topics         []string `required:"true"` // ARNs
}

func planTopicPolicy(p *planner, r *assembly.Resource, in topicPolicyProperties) (assembly.Values, error) {
	for _, topicARN := range in.Topics {
		if _, ok := p.topics[topicARN]; !ok {
			return assembly.Values{}, unsupported("Properties.Topics %s, which is not a topic of the assembly,", topicARN)
		}
		if err := p.resourcePolicy(r, topicARN, in.PolicyDocument); err != nil {
			return assembly.Values{}, err
		}
	}
	return assembly.Values{Ref: r.LogicalID}, nil
}
