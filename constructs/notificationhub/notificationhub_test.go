package notificationhub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

const root = "../.."

// newStack is a stack of an app that bundles nothing.
func newStack(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app := snapshot.App(t, root)
	return app, awscdk.NewStack(app, jsii.String("Test"), nil)
}

func TestWhatANilHubIsMadeOf(t *testing.T) {
	_, stack := minimal(t)
	template := assertions.Template_FromStack(stack, nil)

	t.Run("its routes are those of the protocol", func(t *testing.T) {
		for _, key := range []string{"$connect", "$disconnect", "$default", "sendMessage", "hello", "ping", "history"} {
			template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{"RouteKey": key})
		}
	})
	t.Run("only $connect is authorized", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"),
			map[string]any{"RouteKey": "$connect", "AuthorizationType": "CUSTOM"})
		for _, key := range []string{"$disconnect", "$default", "sendMessage", "hello", "ping", "history"} {
			template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"),
				map[string]any{"RouteKey": key, "AuthorizationType": "NONE"})
		}
	})
	t.Run("its tables are kept, recoverable and found by query", func(t *testing.T) {
		template.AllResources(jsii.String("AWS::DynamoDB::GlobalTable"), map[string]any{"DeletionPolicy": "RetainExceptOnCreate"})
		template.AllResourcesProperties(jsii.String("AWS::DynamoDB::GlobalTable"), map[string]any{
			"Replicas": []any{assertions.Match_ObjectLike(&map[string]any{
				"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
			})},
		})
		template.HasResourceProperties(jsii.String("AWS::DynamoDB::GlobalTable"), map[string]any{
			"GlobalSecondaryIndexes": []any{assertions.Match_ObjectLike(&map[string]any{"IndexName": "by_user"})},
		})
	})
	t.Run("its stage has a throttle", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
			"DefaultRouteSettings": map[string]any{"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
		})
	})
	t.Run("its workers are bounded, and together keep to 70 percent of the account's requests", func(t *testing.T) {
		template.AllResourcesProperties(jsii.String("AWS::Lambda::EventSourceMapping"), map[string]any{
			"ScalingConfig": map[string]any{"MaximumConcurrency": 2},
		})
		for function, rate := range map[string]string{"HubBroadcast": "1166", "HubDeliver": "2333"} {
			template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
				"Role":        map[string]any{"Fn::GetAtt": []any{startsWith(function + "Role"), "Arn"}},
				"Environment": map[string]any{"Variables": assertions.Match_ObjectLike(&map[string]any{"HERMES_POST_RATE": rate})},
			})
		}
	})
	t.Run("it scans nothing", func(t *testing.T) {
		if strings.Contains(snapshot.Text(t, stack), "dynamodb:Scan") {
			t.Error("a policy allows dynamodb:Scan")
		}
	})
	t.Run("both queues have a dead-letter queue and report partial batches", func(t *testing.T) {
		for queue, dead := range map[string]string{"HubIntake": "HubDeadLetters", "HubFanout": "HubFanoutDeadLetters"} {
			template.HasResourceProperties(jsii.String("AWS::SQS::Queue"), map[string]any{"RedrivePolicy": map[string]any{
				"deadLetterTargetArn": map[string]any{"Fn::GetAtt": []any{startsWith(dead), "Arn"}}, "maxReceiveCount": 100,
			}})
			template.HasResourceProperties(jsii.String("AWS::Lambda::EventSourceMapping"), map[string]any{
				"EventSourceArn": map[string]any{"Fn::GetAtt": []any{startsWith(queue), "Arn"}},
			})
		}
		template.AllResourcesProperties(jsii.String("AWS::Lambda::EventSourceMapping"),
			map[string]any{"FunctionResponseTypes": []any{"ReportBatchItemFailures"}})
	})
	t.Run("its functions are small arm64 binaries", func(t *testing.T) {
		template.AllResourcesProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{"arm64"},
		})
	})
	t.Run("its secrets are generated, never written", func(t *testing.T) {
		template.AllResourcesProperties(jsii.String("AWS::SecretsManager::Secret"),
			map[string]any{"GenerateSecretString": assertions.Match_AnyValue(), "SecretString": assertions.Match_Absent()})
	})
	t.Run("it watches what a person must look at", func(t *testing.T) {
		for _, queue := range []string{"HubDeadLetters", "HubFanoutDeadLetters"} {
			template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
				"MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 1, "Dimensions": dimension("QueueName", queue),
			})
		}
		for _, queue := range []string{"HubIntake", "HubFanout"} {
			template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
				"MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": dimension("QueueName", queue),
			})
		}
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"Metrics": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{"Expression": "SUM(METRICS())"})}),
			"AlarmDescription": "Connects or requests of clients fail or are throttled. " +
				"https://github.com/hermes-cdk/hermes/blob/main/docs/runbook.md#notificationhub-requestsfailalarm",
		})
	})
}

// startsWith matches a logical id by the construct ids it is made of.
func startsWith(ids string) assertions.Matcher {
	return assertions.Match_StringLikeRegexp(jsii.String("^" + ids + "[0-9A-F]{8}$"))
}

func dimension(name, ids string) []any {
	return []any{map[string]any{"Name": name, "Value": map[string]any{"Fn::GetAtt": []any{startsWith(ids), "QueueName"}}}}
}

func TestProps(t *testing.T) {
	t.Run("disabled alarms are not made", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{DisableAlarms: true})
		assertions.Template_FromStack(stack, nil).ResourceCountIs(jsii.String("AWS::CloudWatch::Alarm"), jsii.Number(0))
		if len(hub.Alarms()) != 0 {
			t.Errorf("%d alarms", len(hub.Alarms()))
		}
	})
	t.Run("disabled history is not kept", func(t *testing.T) {
		_, stack := newStack(t)
		notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{DisableHistory: true})
		text := snapshot.Text(t, stack)
		if !strings.Contains(text, `"HERMES_HISTORY_TTL":"0"`) {
			t.Error("history is still written")
		}
	})
	t.Run("an authorizer of one's own replaces the hub's function", func(t *testing.T) {
		_, stack := newStack(t)
		fn := awslambda.NewFunction(stack, jsii.String("Own"), &awslambda.FunctionProps{
			Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
		})
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
			Authorizer: awsapigatewayv2authorizers.NewWebSocketLambdaAuthorizer(jsii.String("Own"), fn, nil),
		})
		if hub.AuthorizeFunction() != nil {
			t.Error("the hub's authorize function was made all the same")
		}
		assertions.Template_FromStack(stack, nil).AllResourcesProperties(jsii.String("AWS::ApiGatewayV2::Authorizer"),
			map[string]any{"Name": "Own"})
	})
	t.Run("the caller's props are not changed", func(t *testing.T) {
		_, stack := newStack(t)
		props := notificationhub.NotificationHubProps{StageName: "x"}
		notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &props)
		if props.StageName != "x" || props.IntakeMaxReceiveCount != 0 || props.RemovalPolicy != "" {
			t.Errorf("props became %+v", props)
		}
	})
	t.Run("every validation error is reported at once, with its value", func(t *testing.T) {
		_, stack := newStack(t)
		const want = `notification hub "Test/Hub": intakeVisibilityTimeout must be between 4s and 15m0s, got 3s; ` +
			`intakeMaxReceiveCount must be between 1 and 1000, got -1; ` +
			`historyRetention must be whole seconds, got 1.5s; ` +
			`connectionsQuota must be between 1 and 1000000, got -5; ` +
			`connectionsShare must be between 1 and 100, got 101; ` +
			`stageName may hold letters, digits, hyphens and underscores, got "a b"; ` +
			`allowedOrigins must be like "https://app.example.com", got "example.com"; ` +
			`customDomain.domainName must be a bare host name, got "wss://x"; ` +
			`customDomain.certificate is missing; customDomain.hostedZone is missing; ` +
			`connect.memoryMB must be between 128 and 10240, got 64; ` +
			`send.maxConcurrency is 5, but send reads no queue`
		defer func() {
			if got := recover(); got != want {
				t.Errorf("panicked with\n%v\nwant\n%s", got, want)
			}
		}()
		notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
			IntakeVisibilityTimeout: 3 * time.Second,
			IntakeMaxReceiveCount:   -1,
			HistoryRetention:        1500 * time.Millisecond,
			StageName:               "a b",
			ConnectionsQuota:        -5,
			ConnectionsShare:        101,
			AllowedOrigins:          []string{"example.com"},
			CustomDomain:            &notificationhub.CustomDomain{DomainName: "wss://x"},
			Connect:                 notificationhub.FunctionOptions{MemoryMB: 64},
			Send:                    notificationhub.FunctionOptions{MaxConcurrency: 5},
		})
	})
}

func TestGrants(t *testing.T) {
	t.Run("a function that may publish gets the addresses in its environment", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
		fn := backend(stack)
		hub.GrantPublish(fn)
		hub.GrantIssueTokens(fn)
		hub.GrantManageConnections(fn)
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "nodejs22.x",
			"Environment": map[string]any{"Variables": map[string]any{
				"HERMES_QUEUE_URL":           assertions.Match_AnyValue(),
				"HERMES_SECRET_ARN":          assertions.Match_AnyValue(),
				"HERMES_TOKENS_TABLE":        assertions.Match_AnyValue(),
				"HERMES_MANAGEMENT_ENDPOINT": assertions.Match_AnyValue(),
			}},
		})
	})
	t.Run("a second hub does not overwrite the first one's address", func(t *testing.T) {
		_, stack := newStack(t)
		orders := notificationhub.NewNotificationHub(stack, jsii.String("Orders"), nil)
		chat := notificationhub.NewNotificationHub(stack, jsii.String("Chat"), nil)
		fn := backend(stack)
		orders.GrantPublish(fn)
		orders.GrantPublish(fn) // the same again is no conflict
		set := chat.GrantPublish(fn, notificationhub.GrantOptions{EnvironmentPrefix: "CHAT_"}).Environment
		if url := set["CHAT_HERMES_QUEUE_URL"]; len(set) != 1 || url == nil || *url != *chat.Queue().QueueUrl() {
			t.Errorf("the grant returns %v", set)
		}
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "nodejs22.x",
			"Environment": map[string]any{"Variables": map[string]any{
				"HERMES_QUEUE_URL":      map[string]any{"Ref": startsWith("OrdersIntake")},
				"CHAT_HERMES_QUEUE_URL": map[string]any{"Ref": startsWith("ChatIntake")},
			}},
		})
	})
	t.Run("a second hub without a prefix is refused with both paths", func(t *testing.T) {
		_, stack := newStack(t)
		orders := notificationhub.NewNotificationHub(stack, jsii.String("Orders"), nil)
		chat := notificationhub.NewNotificationHub(stack, jsii.String("Chat"), nil)
		fn := backend(stack)
		orders.GrantPublish(fn)
		defer func() {
			const want = `notification hub "Test/Chat": HERMES_QUEUE_URL of function "Test/Backend" is taken by "Test/Orders"; ` +
				`set EnvironmentPrefix in GrantOptions for one of them`
			if got := recover(); got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		chat.GrantPublish(fn)
	})
	t.Run("a service may publish by the queue's policy", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
		hub.GrantPublish(awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil))
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::SQS::QueuePolicy"), map[string]any{
			"Queues": []any{map[string]any{"Ref": startsWith("HubIntake")}},
			"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": map[string]any{"Service": "events.amazonaws.com"},
			})})},
		})
	})
	t.Run("a service cannot issue tokens, as it has no policy", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
		defer func() {
			const want = `notification hub "Test/Hub": the grantee has no policy to add a statement to, and the resource takes none ` +
				`for it; grant to a role`
			if got := recover(); got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		hub.GrantIssueTokens(awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil))
	})
	t.Run("an imported hub grants the same", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			WebSocketUrl: "wss://push.example.com",
			ApiId:        "abc123",
			StageName:    "live",
			QueueArn:     "arn:aws:sqs:eu-west-1:123456789012:intake",
		})
		hub.GrantPublish(backend(stack))
		if got := *hub.WebSocketUrl(); got != "wss://push.example.com" {
			t.Errorf("url %s", got)
		}
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
			"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
				"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:intake",
			}}},
		})
	})
	t.Run("an imported hub is in the region of its queue, and its secret has its key", func(t *testing.T) {
		_, stack := newStack(t)
		const key = "arn:aws:kms:us-west-2:123456789012:key/1"
		hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			ApiId: "abc123", StageName: "live", QueueArn: "arn:aws:sqs:us-west-2:123456789012:intake",
			TokensTableArn: "arn:aws:dynamodb:us-west-2:123456789012:table/tokens",
			SecretArn:      "arn:aws:secretsmanager:us-west-2:123456789012:secret:hub-AbCdEf", SecretEncryptionKeyArn: key,
		})
		if got := stack.Resolve(hub.ManagementEndpoint()); !strings.Contains(fmt.Sprint(got), "abc123.execute-api.us-west-2.") {
			t.Errorf("management endpoint %v", got)
		}
		if got := stack.Resolve(hub.Queue().QueueUrl()); !strings.Contains(fmt.Sprint(got), "https://sqs.us-west-2.") {
			t.Errorf("queue %v", got)
		}
		hub.GrantIssueTokens(backend(stack))
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
			"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
				assertions.Match_ObjectLike(&map[string]any{"Action": "kms:Decrypt", "Resource": key}),
			})},
		})
	})
	t.Run("a hub imported without attributes says so when it is used", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), nil)
		defer func() {
			if got, want := recover(), `notification hub "Test/Hub": imported without webSocketUrl`; got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		hub.WebSocketUrl()
	})
	t.Run("an imported hub names the attribute it was not given", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{})
		defer func() {
			if got, want := recover(), `notification hub "Test/Hub": imported without queueArn`; got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		hub.GrantPublish(backend(stack))
	})
}

func TestAHubIsAScopeLikeAnyConstruct(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	awscdk.NewCfnOutput(hub, jsii.String("Url"), &awscdk.CfnOutputProps{Value: hub.WebSocketUrl()})
	awscdk.Tags_Of(hub).Add(jsii.String("team"), jsii.String("web"), nil)
	if got := *hub.ToString(); got != "Test/Hub" {
		t.Errorf("ToString() = %q", got)
	}
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::SQS::Queue"),
		map[string]any{"Tags": []any{map[string]any{"Key": "team", "Value": "web"}}})
}

func backend(stack awscdk.Stack) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String("Backend"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
	})
}
