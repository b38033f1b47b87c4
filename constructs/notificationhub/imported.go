package notificationhub

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// FromNotificationHubAttributes refers to a hub that another stack or app made, by its outputs.
func FromNotificationHubAttributes(scope constructs.Construct, id *string, attributes *NotificationHubAttributes) INotificationHub {
	h := &notificationHub{}
	if attributes == nil {
		attributes = &NotificationHubAttributes{}
	}
	constructs.NewConstruct_Override(h, scope, id)
	h.url = jsii.String(attributes.WebSocketUrl)
	h.apiID = jsii.String(attributes.ApiId)
	h.stageName = jsii.String(attributes.StageName)
	h.metricsName = jsii.String(attributes.MetricsName)
	h.region = cmp.Or(attributes.Region, resource.RegionOf(attributes.QueueArn), *h.stack().Region())
	h.management = awscdk.Fn_Join(jsii.String(""), jsii.Strings("https://", attributes.ApiId, ".execute-api.",
		h.region, ".", *h.stack().UrlSuffix(), "/", attributes.StageName))
	if attributes.QueueArn != "" {
		h.queue = awssqs.Queue_FromQueueAttributes(h, jsii.String("Intake"), &awssqs.QueueAttributes{
			QueueArn: jsii.String(attributes.QueueArn), KeyArn: resource.Optional(attributes.QueueEncryptionKeyArn),
		})
	}
	if attributes.TokensTableArn != "" {
		h.tokens = awsdynamodb.TableV2_FromTableAttributes(h, jsii.String("Tokens"), &awsdynamodb.TableAttributesV2{
			TableArn:      jsii.String(attributes.TokensTableArn),
			EncryptionKey: resource.ImportKey(h, "TokensKey", attributes.TokensTableEncryptionKeyArn),
		})
	}
	h.secret = resource.ImportSecret(h, "SigningSecret", attributes.SecretArn, attributes.SecretEncryptionKeyArn)
	return h
}
