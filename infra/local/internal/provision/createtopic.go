package provision

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// createTopics makes topics and subscribes queues to them. Other protocols are delivered by the local stage itself.
func (w *World) createTopics(ctx context.Context, c Topics) error {
	for _, t := range w.Topics {
		attributes := map[string]string{}
		if t.DisplayName != "" {
			attributes["DisplayName"] = t.DisplayName
		}
		if _, err := c.CreateTopic(ctx, &sns.CreateTopicInput{Name: &t.Name, Attributes: attributes}); err != nil {
			return creating("topic", t.Name, t.ID, err)
		}
	}
	for _, s := range w.Subscriptions {
		if s.Protocol != "sqs" {
			continue
		}
		if err := subscribe(ctx, c, s); err != nil {
			return creating("subscription", s.ARN, s.ID, err)
		}
	}
	return nil
}

func subscribe(ctx context.Context, c Topics, s Subscription) error {
	attributes := map[string]string{}
	if s.Raw {
		attributes["RawMessageDelivery"] = "true"
	}
	if s.FilterPolicy != "" {
		attributes["FilterPolicy"] = s.FilterPolicy
		attributes["FilterPolicyScope"] = s.FilterScope
	}
	if s.DeadLetterARN != "" {
		redrive, err := json.Marshal(map[string]string{"deadLetterTargetArn": s.DeadLetterARN})
		if err != nil {
			return err
		}
		attributes["RedrivePolicy"] = string(redrive)
	}
	_, err := c.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: &s.TopicARN, Protocol: aws.String("sqs"), Endpoint: &s.Endpoint, Attributes: attributes,
	})
	return err
}
