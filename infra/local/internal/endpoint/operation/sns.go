package operation

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
)

// snsActions are the IAM actions of the operations on one topic or one of its subscriptions
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html).
var snsActions = map[string]string{
	"AddPermission": "AddPermission", "ConfirmSubscription": "ConfirmSubscription", "CreateTopic": "CreateTopic",
	"DeleteTopic": "DeleteTopic", "GetDataProtectionPolicy": "GetDataProtectionPolicy",
	"GetSubscriptionAttributes": "GetSubscriptionAttributes", "GetTopicAttributes": "GetTopicAttributes",
	"ListSubscriptionsByTopic": "ListSubscriptionsByTopic", "ListTagsForResource": "ListTagsForResource",
	"Publish": "Publish", "PublishBatch": "Publish", "RemovePermission": "RemovePermission",
	"SetSubscriptionAttributes": "SetSubscriptionAttributes", "SetTopicAttributes": "SetTopicAttributes",
	"Subscribe": "Subscribe", "TagResource": "TagResource", "Unsubscribe": "Unsubscribe", "UntagResource": "UntagResource",
}

func (id *Identifier) sns(op *Operation, r *Request) {
	in := form(r)
	op.Name = in.Get("Action")
	op.Units = meter.Chunks(len(r.Body), meter.RequestChunk)
	if op.Name == "ListTopics" || op.Name == "ListSubscriptions" {
		op.grant("sns:"+op.Name, "*", nil)
		return
	}
	resource := firstOf(in.Get("TopicArn"), in.Get("TargetArn"), topicOf(in.Get("SubscriptionArn")), in.Get("ResourceArn"))
	if resource == "" && op.Name == "CreateTopic" {
		resource = id.arn("sns", "", in.Get("Name"))
	}
	if resource == "" && in.Get("PhoneNumber") != "" {
		resource = "*"
	}
	action := snsActions[op.Name]
	if action == "" || resource == "" {
		return
	}
	var context map[string][]string
	if op.Name == "Subscribe" {
		context = map[string][]string{"sns:Protocol": {in.Get("Protocol")}, "sns:Endpoint": {in.Get("Endpoint")}}
	}
	op.grant("sns:"+action, resource, context)
}

// topicOf returns the topic of a subscription, whose ARN is the topic's with an id appended.
func topicOf(subscription string) string {
	if strings.Count(subscription, ":") < 6 {
		return subscription
	}
	return subscription[:strings.LastIndexByte(subscription, ':')]
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
