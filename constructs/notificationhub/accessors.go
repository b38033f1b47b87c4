package notificationhub

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

func (h *notificationHub) WebSocketUrl() *string             { return h.need(h.url, "webSocketUrl") }
func (h *notificationHub) Queue() awssqs.IQueue              { return h.queue }
func (h *notificationHub) TokensTable() awsdynamodb.ITable   { return h.tokens }
func (h *notificationHub) Secret() awssecretsmanager.ISecret { return h.secret }

func (h *notificationHub) ManagementEndpoint() *string {
	h.need(h.apiID, "apiId")
	h.need(h.stageName, "stageName")
	return h.management
}

func (h *notificationHub) stack() awscdk.Stack { return awscdk.Stack_Of(h) }

// need is value, or a panic that names the attribute an imported hub was not given.
func (h *notificationHub) need(value *string, attribute string) *string {
	if value == nil || *value == "" {
		panic("notification hub \"" + *h.Node().Path() + "\": imported without " + attribute)
	}
	return value
}

// connectionARNs are the @connections resources of the methods.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
func (h *notificationHub) connectionARNs(methods ...string) []*string {
	arns := make([]*string, len(methods))
	for i, method := range methods {
		arns[i] = h.stack().FormatArn(&awscdk.ArnComponents{
			Service:      jsii.String("execute-api"),
			Region:       jsii.String(cmp.Or(h.region, *h.stack().Region())),
			Resource:     h.need(h.apiID, "apiId"),
			ResourceName: jsii.String(*h.need(h.stageName, "stageName") + "/" + method + "/@connections/*"),
		})
	}
	return arns
}
