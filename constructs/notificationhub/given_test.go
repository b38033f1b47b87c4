package notificationhub_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

func TestResourcesThatAreGivenAreUsed(t *testing.T) {
	_, stack := newStack(t)
	first := notificationhub.NewNotificationHub(stack, jsii.String("First"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		SigningSecret:    first.Secret(),
		ConnectionsTable: first.ConnectionsTable(), RoomsTable: first.RoomsTable(),
		MessagesTable: first.MessagesTable(), TokensTable: first.TokensTable(),
		IntakeQueue: first.Queue(), DeadLetterQueue: first.DeadLetterQueue(),
		FanoutQueue: first.FanoutQueue(), FanoutDeadLetterQueue: first.FanoutDeadLetterQueue(),
		WebSocketApi: awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Own"), &awsapigatewayv2.WebSocketApiProps{
			RouteSelectionExpression: jsii.String("$request.body.action"),
		}),
	})
	hub.GrantPublish(backend(stack))

	template := assertions.Template_FromStack(stack, nil)
	for kind, count := range map[string]float64{
		"AWS::DynamoDB::GlobalTable": 4, "AWS::SQS::Queue": 4, "AWS::SecretsManager::Secret": 2, "AWS::ApiGatewayV2::Api": 2,
		"AWS::ApiGatewayV2::Route": 14, "AWS::ApiGatewayV2::Stage": 2, "AWS::Lambda::EventSourceMapping": 4,
	} {
		template.ResourceCountIs(jsii.String(kind), &count)
	}
	template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{
		"ApiId": map[string]any{"Ref": startsWith("Own")}, "RouteKey": "$connect", "AuthorizationType": "CUSTOM",
	})
	template.HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
		"Roles": []any{map[string]any{"Ref": startsWith("HubConnectRole")}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "dynamodb:PutItem", "Effect": "Allow",
			"Resource": map[string]any{"Fn::GetAtt": []any{startsWith("FirstConnections"), "Arn"}},
		}}},
	})
}

func TestImportedResourcesAreTakenAtTheirWord(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		RoomsTable: awsdynamodb.Table_FromTableArn(stack, jsii.String("Rooms"), jsii.String("arn:aws:dynamodb:eu-west-1:123456789012:table/rooms")),
		WebSocketApi: awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(stack, jsii.String("Api"),
			&awsapigatewayv2.WebSocketApiAttributes{WebSocketId: jsii.String("abc")}),
	})
	if got := *hub.RoomsTable().TableName(); got != "rooms" {
		t.Errorf("the hub uses table %s", got)
	}
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{"ApiId": "abc"})
}

func TestResourcesThatCannotServeAreRefused(t *testing.T) {
	_, stack := newStack(t)
	room := &awsdynamodb.Attribute{Name: jsii.String("room_id"), Type: awsdynamodb.AttributeType_STRING}
	id := &awsdynamodb.Attribute{Name: jsii.String("connection_id"), Type: awsdynamodb.AttributeType_STRING}
	connections := awsdynamodb.NewTable(stack, jsii.String("Connections"), &awsdynamodb.TableProps{PartitionKey: room, SortKey: id})
	messages := awsdynamodb.NewTableV2(stack, jsii.String("Messages"), &awsdynamodb.TablePropsV2{
		PartitionKey: room, SortKey: id, TimeToLiveAttribute: jsii.String("expires_at"),
	})
	const want = `notification hub "Test/Hub": ` +
		`connectionsTable must have the index "by_user" with the keys "user_id" (S), "room_id" (S); ` +
		`connectionsTable must expire items by the attribute "expires_at", got ""; ` +
		`messagesTable must have the keys "room_id" (S), "seq" (N), got "room_id" (S), "connection_id" (S); ` +
		`deadLetterQueue is missing, which intakeQueue needs; ` +
		`intakeQueue must have a dead-letter queue; ` +
		`intakeQueue must have a visibility timeout of at least 4s, the timeout of its function, got 2s; ` +
		`fanoutDeadLetterQueue must be a standard queue, got the FIFO queue "Test/Fifo"; ` +
		`intakeRetention is given though intakeQueue is; ` +
		`webSocketApi must have the route selection expression "$request.body.action", got "$request.body.kind"`
	defer func() {
		if got := recover(); got != want {
			t.Errorf("panicked with\n%v\nwant\n%s", got, want)
		}
	}()
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		ConnectionsTable: connections,
		MessagesTable:    messages,
		IntakeQueue: awssqs.NewQueue(stack, jsii.String("Intake"), &awssqs.QueueProps{
			VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(2)),
		}),
		IntakeRetention:       3600e9,
		FanoutDeadLetterQueue: awssqs.NewQueue(stack, jsii.String("Fifo"), &awssqs.QueueProps{Fifo: jsii.Bool(true)}),
		WebSocketApi: awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Own"), &awsapigatewayv2.WebSocketApiProps{
			RouteSelectionExpression: jsii.String("$request.body.kind"),
		}),
	})
}

func TestAnAccessLogHasNoTokens(t *testing.T) {
	_, stack := newStack(t)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		AccessLogGroup: awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Logs"), jsii.String("/aws/vendedlogs/apis/mine")),
	})
	// What a client sends is in the query string, the headers and the body.
	var format map[string]string
	for _, made := range *assertions.Template_FromStack(stack, nil).FindResources(jsii.String("AWS::ApiGatewayV2::Stage"), nil) {
		settings := (*made)["Properties"].(map[string]any)["AccessLogSettings"].(map[string]any)
		if err := json.Unmarshal([]byte(settings["Format"].(string)), &format); err != nil {
			t.Fatal(err)
		}
		if text, err := json.Marshal(settings["DestinationArn"]); err != nil || !strings.Contains(string(text), ":log-group:/aws/vendedlogs/apis/mine\"") {
			t.Errorf("it goes to %s, %v", text, err)
		}
	}
	if len(format) < 8 {
		t.Errorf("a line holds %v", format)
	}
	for name, value := range format {
		for _, sent := range []string{"path", "querystring", "header", "request.", "body", "identity.userAgent"} {
			if strings.Contains(value, sent) {
				t.Errorf("%s is %s, which a client sends", name, value)
			}
		}
	}
}
