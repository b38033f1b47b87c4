package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// FromNotificationHubAttributes refers to a hub that another stack or app made, by its outputs.
func FromNotificationHubAttributes(scope constructs.Construct, id *string, attributes *NotificationHubAttributes) INotificationHub {
	h := &notificationHub{}
	constructs.NewConstruct_Override(h, scope, id)
	h.url = jsii.String(attributes.WebSocketUrl)
	h.apiID = jsii.String(attributes.ApiId)
	h.stageName = jsii.String(attributes.StageName)
	h.management = awscdk.Fn_Join(jsii.String(""), jsii.Strings("https://", attributes.ApiId, ".execute-api.",
		*h.stack().Region(), ".", *h.stack().UrlSuffix(), "/", attributes.StageName))
	if attributes.QueueArn != "" {
		h.queue = awssqs.Queue_FromQueueArn(h, jsii.String("Intake"), jsii.String(attributes.QueueArn))
	}
	if attributes.TokensTableArn != "" {
		h.tokens = awsdynamodb.TableV2_FromTableArn(h, jsii.String("Tokens"), jsii.String(attributes.TokensTableArn))
	}
	if attributes.SecretArn != "" {
		h.secret = awssecretsmanager.Secret_FromSecretCompleteArn(h, jsii.String("SigningSecret"), jsii.String(attributes.SecretArn))
	}
	return h
}
