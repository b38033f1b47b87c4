package sns_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
)

func TestListsAndCounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	arn := b.subscribed(t, topic, e, map[string]string{"RawMessageDelivery": "false"})
	queue, err := b.sns.Subscribe(ctx, &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("sqs"), Endpoint: aws.String(deadQueue)})
	if err != nil {
		t.Fatal(err)
	}
	pending := newEndpoint(t)
	if _, err := b.sns.Subscribe(ctx, &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &pending.url}); err != nil {
		t.Fatal(err)
	}
	pending.next(t)
	list, err := b.sns.ListSubscriptionsByTopic(ctx, &awssns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range list.Subscriptions {
		got[*s.Endpoint] = *s.Protocol + " " + *s.SubscriptionArn
	}
	want := map[string]string{deadQueue: "sqs " + *queue.SubscriptionArn, e.url: "https " + arn, pending.url: "https PendingConfirmation"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	all, err := b.sns.ListSubscriptions(ctx, &awssns.ListSubscriptionsInput{})
	if err != nil || len(all.Subscriptions) < 3 {
		t.Error(all, err)
	}
	attributes, err := b.sns.GetTopicAttributes(ctx, &awssns.GetTopicAttributesInput{TopicArn: &topic})
	if err != nil || attributes.Attributes["SubscriptionsConfirmed"] != "2" || attributes.Attributes["SubscriptionsPending"] != "1" {
		t.Error(attributes, err)
	}
	if _, err := b.sns.SetSubscriptionAttributes(ctx, &awssns.SetSubscriptionAttributesInput{SubscriptionArn: &arn, AttributeName: aws.String("RawMessageDelivery"), AttributeValue: aws.String("true")}); err != nil {
		t.Fatal(err)
	}
	_, err = b.sns.SetSubscriptionAttributes(ctx, &awssns.SetSubscriptionAttributesInput{SubscriptionArn: &arn, AttributeName: aws.String("FilterPolicy"), AttributeValue: aws.String("{}")})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Attributes Reason: FilterPolicy is not supported by the local stage for protocol https, only for sqs")
	one, err := b.sns.GetSubscriptionAttributes(ctx, &awssns.GetSubscriptionAttributesInput{SubscriptionArn: &arn})
	wantOne := map[string]string{
		"SubscriptionArn": arn, "TopicArn": topic, "Protocol": "https", "Endpoint": e.url, "Owner": "000000000000",
		"PendingConfirmation": "false", "ConfirmationWasAuthenticated": "false", "RawMessageDelivery": "true",
	}
	if err != nil || !reflect.DeepEqual(one.Attributes, wantOne) {
		t.Errorf("got %v %v\nwant %v", one, err, wantOne)
	}
	if _, err := b.sns.DeleteTopic(ctx, &awssns.DeleteTopicInput{TopicArn: &topic}); err != nil {
		t.Fatal(err)
	}
	_, err = b.sns.GetSubscriptionAttributes(ctx, &awssns.GetSubscriptionAttributesInput{SubscriptionArn: &arn})
	wantCode(t, err, "NotFound", "Subscription does not exist")
}
