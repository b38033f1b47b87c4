// Package accesslog has the stage of an API log each request.
package accesslog

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// Format is what is logged of a request: a line of JSON. It names the route, and never the path, the query string, a header or
// the body: links in mails carry their signature in the path, clients of a hub their token in the query string or a header.
type Format string

// Formats by the kind of API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
const (
	HTTP Format = `{"request_id":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",` +
		`"route":"$context.routeKey","status":"$context.status","latency_ms":"$context.responseLatency",` +
		`"bytes":"$context.responseLength","error":"$context.error.message","integration_error":"$context.integrationErrorMessage"}`
	WebSocket Format = `{"request_id":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",` +
		`"connection_id":"$context.connectionId","event":"$context.eventType","route":"$context.routeKey","status":"$context.status",` +
		`"latency_ms":"$context.integration.latency","authorizer_error":"$context.authorizer.error",` +
		`"error":"$context.error.message","integration_error":"$context.integrationErrorMessage"}`
)

// prefix spares the account's resource policy of CloudWatch Logs, in which API Gateway enters every other log group, and
// which holds 5,120 characters: in a busy account the deployment would fail.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
// https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
const prefix = "/aws/vendedlogs/apis/"

// Log is where a stage logs.
type Log struct {
	Format    Format
	Group     awslogs.ILogGroup     // nil for a new one
	Retention awslogs.RetentionDays // of a new one
	Resources resource.Options      // of a new one
}

// Add has the stage log, in a log group that it makes in scope unless one is given.
func (l Log) Add(scope constructs.Construct, stage awsapigatewayv2.IStage) {
	group := l.Group
	if group == nil {
		group = resource.NewLogGroup(scope, "AccessLogs", resource.LogGroup{Name: name(scope), Retention: l.Retention}, l.Resources)
	}
	stage.Node().DefaultChild().(awsapigatewayv2.CfnStage).SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: arn(group), Format: jsii.String(string(l.Format)),
	})
}

// name is that of the construct and of the stack's own id, so that a stack that is deployed again does not find the log
// group of the one before in its way.
func name(scope constructs.Construct) *string {
	stack := awscdk.Stack_Of(scope)
	id := awscdk.Fn_Select(jsii.Number(2), awscdk.Fn_Split(jsii.String("/"), stack.StackId(), nil))
	return jsii.String(prefix + *awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{}) + "-" + *id)
}

// arn is the ARN without the ":*" in which the attribute Arn ends, and which API Gateway does not want.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
func arn(group awslogs.ILogGroup) *string {
	return awscdk.Stack_Of(group).FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("logs"),
		Resource:     jsii.String("log-group"),
		ResourceName: group.LogGroupName(),
		ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}
