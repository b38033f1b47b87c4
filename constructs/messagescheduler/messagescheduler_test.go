package messagescheduler_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

const (
	apiRoute   = "AWS::ApiGatewayV2::Route"
	bucketType = "AWS::S3::Bucket"
	tableType  = "AWS::DynamoDB::GlobalTable"
)

func TestWhatASchedulerIsMadeOf(t *testing.T) {
	_, stack := minimal(t)
	template := assertions.Template_FromStack(stack, nil)

	t.Run("callers' routes are authorized, the document and the links in mails are not", func(t *testing.T) {
		for _, key := range append(contract.RoutesSchedule(), contract.RoutesSubscribers()...) {
			template.HasResourceProperties(jsii.String(apiRoute), map[string]any{"RouteKey": key, "AuthorizationType": "CUSTOM"})
		}
		for _, key := range append(contract.RoutesLinks(), contract.RouteOpenAPI) {
			template.HasResourceProperties(jsii.String(apiRoute), map[string]any{"RouteKey": key, "AuthorizationType": "NONE"})
		}
	})
	t.Run("its stage has a throttle, and a lower one where everybody can call", func(t *testing.T) {
		link := map[string]any{"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
		template.HasResource(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
			"Properties": map[string]any{
				"DefaultRouteSettings": map[string]any{"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
				"RouteSettings": map[string]any{
					"GET /openapi.json": map[string]any{"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20},
					"GET /confirm":      link, "POST /confirm": link, "GET /unsubscribe": link, "POST /unsubscribe": link,
				},
			},
			"DependsOn": assertions.Match_ArrayWith(&[]any{assertions.Match_StringLikeRegexp(jsii.String("^SchedulerGETopenapi"))}),
		})
	})
	t.Run("the authorizer is asked for each request with a header, as it judges the group", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Authorizer"), map[string]any{
			"IdentitySource": []any{"$request.header.Authorization"}, "AuthorizerResultTtlInSeconds": 0,
			"EnableSimpleResponses": true, "AuthorizerPayloadFormatVersion": "2.0",
		})
	})
	t.Run("the access log's group has the prefix that spares the account's resource policy, and its ARN no star", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::Logs::LogGroup"), map[string]any{
			"LogGroupName": map[string]any{"Fn::Join": []any{"", []any{
				assertions.Match_StringLikeRegexp(jsii.String("^/aws/vendedlogs/apis/TestScheduler")),
				map[string]any{"Fn::Select": []any{2, map[string]any{"Fn::Split": []any{"/", map[string]any{"Ref": "AWS::StackId"}}}}},
			}}},
		})
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
			"AccessLogSettings": map[string]any{"DestinationArn": map[string]any{"Fn::Join": []any{"", assertions.Match_ArrayWith(&[]any{
				":log-group:", map[string]any{"Ref": startsWith("SchedulerAccessLogs")},
			})}}},
		})
	})
	t.Run("the access log holds no path, in which a link has its signature", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
			"StageName":         "$default",
			"AccessLogSettings": map[string]any{"Format": assertions.Match_Not(assertions.Match_StringLikeRegexp(jsii.String(`\.path|rawPath|query`)))},
		})
	})
	t.Run("its bucket is private, encrypted, without versions, and lets go of what is finished", func(t *testing.T) {
		template.HasResource(jsii.String(bucketType), map[string]any{
			"DeletionPolicy": "RetainExceptOnCreate",
			"Properties": map[string]any{
				"BucketEncryption": assertions.Match_AnyValue(),
				"PublicAccessBlockConfiguration": map[string]any{
					"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
				},
				"OwnershipControls":       map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
				"VersioningConfiguration": assertions.Match_Absent(),
				"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
					"Id": "finished", "Status": "Enabled", "ExpirationInDays": 30,
					"TagFilters": []any{map[string]any{"Key": "state", "Value": "finished"}},
				}}},
			},
		})
		template.HasResourceProperties(jsii.String("AWS::S3::BucketPolicy"), map[string]any{"PolicyDocument": map[string]any{
			"Statement": []any{assertions.Match_ObjectLike(&map[string]any{
				"Effect": "Deny", "Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
			})},
		}})
	})
	t.Run("its tables are kept, recoverable and found by query", func(t *testing.T) {
		template.AllResources(jsii.String(tableType), map[string]any{"DeletionPolicy": "RetainExceptOnCreate"})
		template.AllResourcesProperties(jsii.String(tableType), map[string]any{
			"Replicas": []any{assertions.Match_ObjectLike(&map[string]any{
				"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
			})},
		})
		template.HasResourceProperties(jsii.String(tableType), map[string]any{
			"KeySchema": keys("group", "key"),
			"GlobalSecondaryIndexes": []any{
				map[string]any{
					"IndexName": "by_due", "KeySchema": keys("bucket", "due"),
					"Projection": map[string]any{"ProjectionType": "INCLUDE", "NonKeyAttributes": []any{"version"}},
				},
				map[string]any{
					"IndexName": "by_time", "KeySchema": keys("group", "scheduled"),
					"Projection": map[string]any{"ProjectionType": "KEYS_ONLY"},
				},
			},
			"TimeToLiveSpecification": map[string]any{"AttributeName": "expires_at", "Enabled": true},
		})
		template.HasResourceProperties(jsii.String(tableType), map[string]any{
			"KeySchema": keys("group", "subscriber"), "TimeToLiveSpecification": assertions.Match_Absent(),
		})
		template.HasResourceProperties(jsii.String(tableType), map[string]any{"KeySchema": keys("delivery", "subscriber")})
	})
	t.Run("it scans nothing", func(t *testing.T) {
		if strings.Contains(snapshot.Text(t, stack), "dynamodb:Scan") {
			t.Error("a policy allows dynamodb:Scan")
		}
	})
	t.Run("both queues have a dead-letter queue, the workers' own time, and report partial batches", func(t *testing.T) {
		for _, dead := range []string{"SchedulerDueDeadLetters", "SchedulerDeliveryDeadLetters"} {
			template.HasResourceProperties(jsii.String("AWS::SQS::Queue"), map[string]any{
				"VisibilityTimeout": 6,
				"RedrivePolicy": map[string]any{
					"deadLetterTargetArn": map[string]any{"Fn::GetAtt": []any{startsWith(dead), "Arn"}}, "maxReceiveCount": 100,
				},
			})
		}
		template.AllResourcesProperties(jsii.String("AWS::Lambda::EventSourceMapping"), map[string]any{
			"FunctionResponseTypes": []any{"ReportBatchItemFailures"}, "BatchSize": 10,
		})
		for _, role := range []string{"SchedulerExpandRole", "SchedulerDeliverRole"} {
			template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
				"Timeout": 6, "Role": map[string]any{"Fn::GetAtt": []any{startsWith(role), "Arn"}},
			})
		}
	})
	t.Run("its functions are small arm64 binaries", func(t *testing.T) {
		template.AllResourcesProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{"arm64"},
		})
	})
	t.Run("only expand and deliver, which queue again what they read, may be invoked in a loop", func(t *testing.T) {
		for _, function := range []string{"Authorize", "Schedule", "Subscribers", "Dispatch", "Expand", "Deliver", "Feedback"} {
			var want any = assertions.Match_Absent()
			if function == "Expand" || function == "Deliver" {
				want = "Allow"
			}
			template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
				"Role": map[string]any{"Fn::GetAtt": []any{startsWith("Scheduler" + function + "Role"), "Arn"}}, "RecursiveLoop": want,
			})
		}
	})
	t.Run("its secrets are generated, never written, and long enough for HS512", func(t *testing.T) {
		template.AllResourcesProperties(jsii.String("AWS::SecretsManager::Secret"), map[string]any{
			"GenerateSecretString": map[string]any{"PasswordLength": 86, "ExcludePunctuation": true},
			"SecretString":         assertions.Match_Absent(),
		})
	})
	t.Run("the dispatcher runs each minute, and a run that failed is not repeated", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::Events::Rule"), map[string]any{
			"ScheduleExpression": "rate(1 minute)",
			"Targets":            []any{assertions.Match_ObjectLike(&map[string]any{"RetryPolicy": map[string]any{"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}})},
		})
		template.HasResourceProperties(jsii.String("AWS::Lambda::EventInvokeConfig"), map[string]any{"MaximumRetryAttempts": 0})
	})
	t.Run("it receives the bounces of its own mails only", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::Events::Rule"), map[string]any{"EventPattern": map[string]any{
			"source":      []any{"aws.ses"},
			"detail-type": []any{"Email Sent", "Email Bounced", "Email Complaint Received", "Email Rejected"},
			"detail": map[string]any{"mail": map[string]any{"tags": map[string]any{
				"ses:configuration-set": []any{map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("ConfigurationSet"))}},
			}}},
		}})
	})
	t.Run("it sends as its sender only", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{"PolicyDocument": map[string]any{
			"Statement": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Action": "ses:SendEmail", "Condition": map[string]any{"StringEquals": map[string]any{"ses:FromAddress": "no-reply@example.com"}},
			})}),
		}})
	})
	t.Run("it watches what a person must look at", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"MetricName": "Lateness", "Namespace": "Hermes/MessageScheduler", "Statistic": "Maximum", "Threshold": 60_000,
		})
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"Metrics": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Expression": "FILL(runs, 0) - FILL(errors, 0)",
			})}),
			"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
		})
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{"MetricName": "Failed"})
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"MetricName": "Blocked", "Threshold": 1, "EvaluationPeriods": 20, "DatapointsToAlarm": 1,
		})
		template.HasResourceProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"Metrics": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Expression": "MAX([FILL(measured, 0), 1000 * FILL(age, 0)])",
			})}),
			"Threshold": 1_200_000,
		})
	})
}

// startsWith matches a logical id by the construct ids it is made of.
func startsWith(ids string) assertions.Matcher {
	return assertions.Match_StringLikeRegexp(jsii.String("^" + ids + "[0-9A-F]{8}$"))
}

// keys is the key schema of a partition and a sort key.
func keys(partition, sort string) []any {
	return []any{
		map[string]any{"AttributeName": partition, "KeyType": "HASH"}, map[string]any{"AttributeName": sort, "KeyType": "RANGE"},
	}
}

// TestEachFunctionKnowsWhatItReads holds the environment against the comments of the contract.
func TestEachFunctionKnowsWhatItReads(t *testing.T) {
	_, stack := everything(t)
	content := []string{contract.EnvBucket, contract.EnvBucketPrefix}
	mails := []string{contract.EnvSecretARN, contract.EnvAPIURL, contract.EnvSender, contract.EnvConfigurationSet}
	want := map[string][]string{
		"Authorize": {contract.EnvSecretARN},
		"Schedule": slices.Concat(content, []string{
			contract.EnvScheduleTable, contract.EnvSubscribersTable, contract.EnvDeliveriesTable, contract.EnvDueQueueURL,
			contract.EnvShards, contract.EnvRetention, contract.EnvChannels,
		}),
		"Subscribers": slices.Concat(mails, []string{
			contract.EnvScheduleTable, contract.EnvSubscribersTable, contract.EnvDoubleOptIn, contract.EnvShards,
		}),
		"Dispatch": slices.Concat(content, []string{contract.EnvScheduleTable, contract.EnvDueQueueURL, contract.EnvShards}),
		"Expand": slices.Concat(content, []string{
			contract.EnvScheduleTable, contract.EnvSubscribersTable, contract.EnvDeliveriesTable, contract.EnvDueQueueURL,
			contract.EnvDueDeadURL, contract.EnvDeliveryQueueURL, contract.EnvHubQueueURL, contract.EnvShards, contract.EnvRetention,
			contract.EnvMetricsName,
		}),
		"Deliver": slices.Concat(content, mails, []string{
			contract.EnvDeliveriesTable, contract.EnvDeliveryQueueURL, contract.EnvDeliveryDeadURL, contract.EnvRetention,
			contract.EnvSendConcurrency, contract.EnvSendRate, contract.EnvMetricsName,
		}),
		"Feedback": {contract.EnvSubscribersTable, contract.EnvDeliveriesTable, contract.EnvRetention},
	}
	for id, names := range want {
		t.Run("function "+id, func(t *testing.T) {
			slices.Sort(names)
			if got := environmentOf(t, stack, "Scheduler"+id); !slices.Equal(got, names) {
				t.Errorf("environment\n%v\nwant\n%v", got, names)
			}
		})
	}
}

// environmentOf lists the variables of the function whose logical id is the prefix and a hash of eight characters.
func environmentOf(t *testing.T, stack awscdk.Stack, prefix string) []string {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Environment struct{ Variables map[string]any }
			}
		}
	}
	if err := json.Unmarshal([]byte(snapshot.Text(t, stack)), &template); err != nil {
		t.Fatal(err)
	}
	for id, resource := range template.Resources {
		if resource.Type == "AWS::Lambda::Function" && strings.HasPrefix(id, prefix) && len(id) == len(prefix)+8 {
			var names []string
			for name := range resource.Properties.Environment.Variables {
				names = append(names, name)
			}
			slices.Sort(names)
			return names
		}
	}
	t.Fatalf("no function %s", prefix)
	return nil
}

func TestASchedulerIsAScopeLikeAnyConstruct(t *testing.T) {
	stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{})
	awscdk.NewCfnOutput(scheduler, jsii.String("Url"), &awscdk.CfnOutputProps{Value: scheduler.ScheduleUrl()})
	awscdk.Tags_Of(scheduler).Add(jsii.String("team"), jsii.String("mail"), nil)
	if got := *scheduler.ToString(); got != "Test/Scheduler" {
		t.Errorf("ToString() = %q", got)
	}
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::SQS::Queue"),
		map[string]any{"Tags": []any{map[string]any{"Key": "team", "Value": "mail"}}})
}
