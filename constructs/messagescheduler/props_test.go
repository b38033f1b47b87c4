package messagescheduler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestProps(t *testing.T) {
	t.Run("disabled alarms are not made", func(t *testing.T) {
		stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{DisableAlarms: true})
		assertions.Template_FromStack(stack, nil).ResourceCountIs(jsii.String("AWS::CloudWatch::Alarm"), jsii.Number(0))
		if len(scheduler.Alarms()) != 0 {
			t.Errorf("%d alarms", len(scheduler.Alarms()))
		}
	})
	t.Run("without double opt-in the function subscribers sends nothing", func(t *testing.T) {
		stack, _ := newScheduler(t, messagescheduler.MessageSchedulerProps{})
		if got := strings.Count(snapshot.Text(t, stack), `"ses:SendEmail"`); got != 1 {
			t.Errorf("%d statements allow sending, want that of deliver", got)
		}
		with, _ := newScheduler(t, messagescheduler.MessageSchedulerProps{DoubleOptIn: true})
		if got := strings.Count(snapshot.Text(t, with), `"ses:SendEmail"`); got != 2 {
			t.Errorf("%d statements allow sending with double opt-in, want 2", got)
		}
	})
	t.Run("a rate that is given is not asked for", func(t *testing.T) {
		stack, _ := newScheduler(t, messagescheduler.MessageSchedulerProps{SendRate: 14})
		text := snapshot.Text(t, stack)
		if strings.Contains(text, "ses:GetAccount") || !strings.Contains(text, `"HERMES_SEND_RATE":"14"`) {
			t.Error("the account is asked, or the function does not know the rate")
		}
	})
	t.Run("a retention of days and hours keeps objects for the days begun", func(t *testing.T) {
		stack, _ := newScheduler(t, messagescheduler.MessageSchedulerProps{Retention: 36 * time.Hour})
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String(bucketType), map[string]any{
			"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{"ExpirationInDays": 2}}},
		})
	})
	t.Run("the caller's props are not changed", func(t *testing.T) {
		_, stack := newStack(t)
		rules := []*awss3.LifecycleRule{{AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1))}}
		props := messagescheduler.MessageSchedulerProps{Sender: sender, BucketProps: &awss3.BucketProps{LifecycleRules: &rules}}
		messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &props)
		if props.RemovalPolicy != "" || props.Shards != 0 || props.BucketProps.EnforceSSL != nil || len(rules) != 1 ||
			props.BucketProps.RemovalPolicy != "" {
			t.Errorf("props became %+v", props)
		}
	})
}

func TestABucketOfYours(t *testing.T) {
	_, stack := newStack(t)
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:       sender,
		Bucket:       awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine")),
		BucketPrefix: "messages/",
	})
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String(bucketType), jsii.Number(0))
	if got := *scheduler.Bucket().BucketName(); got != "mine" {
		t.Errorf("bucket %s", got)
	}
	t.Run("is listed below the prefix only", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{"PolicyDocument": map[string]any{
			"Statement": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Action": "s3:ListBucket", "Condition": map[string]any{"StringEquals": map[string]any{"s3:prefix": "messages/"}},
			})}),
		}})
	})
	t.Run("is written below the prefix only", func(t *testing.T) {
		if text := snapshot.Text(t, stack); !strings.Contains(text, ":s3:::mine/messages/*") || strings.Contains(text, ":s3:::mine/*") {
			t.Error("a policy names more than the prefix, or not the prefix")
		}
	})
}

func TestAnApiOfYours(t *testing.T) {
	_, stack := newStack(t)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Mine"), nil)
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender: sender, HttpApi: api, PublicUrl: "https://schedule.example.com",
	})
	template := assertions.Template_FromStack(stack, nil)
	template.AllResourcesProperties(jsii.String(apiRoute), map[string]any{
		"ApiId": map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("^Mine"))},
	})
	if scheduler.Stage() != nil {
		t.Error("a stage was made all the same")
	}
	for name, got := range map[string]*string{
		"https://schedule.example.com":                     scheduler.ApiUrl(),
		"https://schedule.example.com/{group}/schedule":    scheduler.ScheduleUrl(),
		"https://schedule.example.com/{group}/subscribers": scheduler.SubscribersUrl(),
	} {
		if *got != name {
			t.Errorf("url %s, want %s", *got, name)
		}
	}
}

func TestWhoMayCall(t *testing.T) {
	const authorizer = "AWS::ApiGatewayV2::Authorizer"
	t.Run("an authorizer of one's own replaces the scheduler's function", func(t *testing.T) {
		_, stack := newStack(t)
		scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
			Sender:     sender,
			Authorizer: awsapigatewayv2authorizers.NewHttpLambdaAuthorizer(jsii.String("Own"), backend(stack), nil),
		})
		if scheduler.AuthorizeFunction() != nil {
			t.Error("the scheduler's authorize function was made all the same")
		}
		template := assertions.Template_FromStack(stack, nil)
		template.AllResourcesProperties(jsii.String(authorizer), map[string]any{"Name": "Own"})
		for _, key := range append(contract.RoutesSchedule(), contract.RoutesSubscribers()...) {
			template.HasResourceProperties(jsii.String(apiRoute), map[string]any{"RouteKey": key, "AuthorizationType": "CUSTOM"})
		}
	})
	t.Run("an API is open only if that is said", func(t *testing.T) {
		app, stack := newStack(t)
		messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
			&messagescheduler.MessageSchedulerProps{Sender: sender, AllowUnauthenticated: true})
		template := assertions.Template_FromStack(stack, nil)
		template.ResourceCountIs(jsii.String(authorizer), jsii.Number(0))
		template.AllResourcesProperties(jsii.String(apiRoute), map[string]any{"AuthorizationType": "NONE"})
		snapshot.Nag(t, app, stack)
	})
	t.Run("the default authorizer of an API does not stand before the links in mails", func(t *testing.T) {
		_, stack := newStack(t)
		api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Mine"), &awsapigatewayv2.HttpApiProps{
			DefaultAuthorizer: awsapigatewayv2authorizers.NewHttpIamAuthorizer(),
		})
		messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
			&messagescheduler.MessageSchedulerProps{Sender: sender, HttpApi: api})
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String(apiRoute),
			map[string]any{"RouteKey": "POST /unsubscribe", "AuthorizationType": "NONE"})
	})
}

func TestAHub(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
		&messagescheduler.MessageSchedulerProps{Sender: sender, Hub: hub})
	template := assertions.Template_FromStack(stack, nil)
	t.Run("is published into by expand, and by none of the scheduler's other functions", func(t *testing.T) {
		intake := *stack.GetLogicalId(hub.Queue().Node().DefaultChild().(awscdk.CfnElement))
		for id, policy := range *template.FindResources(jsii.String("AWS::IAM::Policy"), nil) {
			names := strings.Contains(fmt.Sprint(policy), intake)
			if expand := strings.HasPrefix(id, "SchedulerExpand"); strings.HasPrefix(id, "Scheduler") && names != expand {
				t.Errorf("policy %s names the intake queue: %t", id, names)
			}
		}
	})
	t.Run("does not leave its own variable behind", func(t *testing.T) {
		if names := environmentOf(t, stack, "SchedulerExpand"); strings.Contains(strings.Join(names, " "), "HERMES_QUEUE_URL") {
			t.Errorf("environment of expand: %v", names)
		}
	})
}

func TestASchedulerWithoutASenderServesTheRoomsAlone(t *testing.T) {
	app, stack := newStack(t)
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Hub: notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			QueueArn: "arn:aws:sqs:eu-west-1:123456789012:intake",
		}),
	})
	if scheduler.DeliverFunction() != nil || scheduler.FeedbackFunction() != nil || scheduler.DeliveryQueue() != nil ||
		scheduler.SenderIdentity() != nil || scheduler.ConfigurationSet() != nil || scheduler.FeedbackRule() != nil {
		t.Error("something that only mail needs was made")
	}
	if text := snapshot.Text(t, stack); strings.Contains(text, "ses:") || strings.Contains(text, "AWS::SES::") {
		t.Error("the template mentions SES")
	}
	snapshot.Nag(t, app, stack)
}

func TestConstructsOfAStackShareTheIdentityOfASender(t *testing.T) {
	_, stack := newStack(t)
	for _, id := range []string{"One", "Two"} {
		messagescheduler.NewMessageScheduler(stack, jsii.String(id), &messagescheduler.MessageSchedulerProps{Sender: sender})
	}
	identities := *assertions.Template_FromStack(stack, nil).FindResources(jsii.String("AWS::SES::EmailIdentity"), nil)
	if len(identities) != 1 {
		t.Errorf("identities %v, want the one of %s", identities, sender)
	}
}

func TestInvalidProps(t *testing.T) {
	for name, test := range map[string]struct {
		props func(awscdk.Stack) *messagescheduler.MessageSchedulerProps
		want  string
	}{
		"nothing at all": {
			func(awscdk.Stack) *messagescheduler.MessageSchedulerProps { return nil },
			`message scheduler "Test/Scheduler": one of sender and hub is required`,
		},
		"a sender that only the deployment knows": {
			func(awscdk.Stack) *messagescheduler.MessageSchedulerProps {
				return &messagescheduler.MessageSchedulerProps{Sender: *awscdk.Fn_ImportValue(jsii.String("Sender"))}
			},
			`message scheduler "Test/Scheduler": senderIdentity is missing, which a sender that is known at deployment only needs`,
		},
		"a sender that the identity does not cover": {
			func(stack awscdk.Stack) *messagescheduler.MessageSchedulerProps {
				return &messagescheduler.MessageSchedulerProps{
					Sender:         sender,
					SenderIdentity: awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String("Domain"), jsii.String("example.org")),
				}
			},
			`message scheduler "Test/Scheduler": senderIdentity must be "no-reply@example.com" or its domain, got "example.org"`,
		},
		"mail without a sender": {
			func(awscdk.Stack) *messagescheduler.MessageSchedulerProps {
				return &messagescheduler.MessageSchedulerProps{SendRate: 5, DoubleOptIn: true}
			},
			`message scheduler "Test/Scheduler": one of sender and hub is required; sendRate is 5, but sender is missing; ` +
				`doubleOptIn is true, but sender is missing`,
		},
		"numbers, times and texts": {
			func(awscdk.Stack) *messagescheduler.MessageSchedulerProps {
				return &messagescheduler.MessageSchedulerProps{
					Sender:         "no-reply",
					BucketProps:    &awss3.BucketProps{PublicReadAccess: jsii.Bool(true), AccessControl: awss3.BucketAccessControl_PUBLIC_READ},
					BucketPrefix:   "/messages",
					AllowedOrigins: []string{"example.com"},
					ThrottleRate:   -1,
					PublicUrl:      "http://x/",
					SendRate:       -5,
					Retention:      time.Hour,
					Shards:         65,
					LateAfter:      1500 * time.Millisecond,
					Schedule:       messagescheduler.FunctionOptions{MemoryMB: 64, MaxConcurrency: 5},
					Deliver:        messagescheduler.FunctionOptions{MaxConcurrency: 1},
				}
			},
			`message scheduler "Test/Scheduler": sender must be like "Hermes <no-reply@example.com>", got "no-reply"; ` +
				`bucketProps.publicReadAccess is true, but messages are private; ` +
				`bucketProps.accessControl is PUBLIC_READ, but messages are private; ` +
				`bucketPrefix must be like "messages/", got "/messages"; ` +
				`throttleRate must be between 1 and 1000000, got -1; ` +
				`allowedOrigins must be like "https://app.example.com", got "example.com"; ` +
				`publicUrl must be like "https://schedule.example.com", got "http://x/"; ` +
				`sendRate must be between 1 and 100000, got -5; ` +
				`retention must be between 24h0m0s and 87600h0m0s, got 1h0m0s; ` +
				`shards must be between 1 and 64, got 65; ` +
				`lateAfter must be whole seconds, got 1.5s; ` +
				`schedule.memoryMB must be between 128 and 10240, got 64; ` +
				`schedule.maxConcurrency is 5, but schedule reads no queue; ` +
				`deliver.maxConcurrency must be between 2 and 1000, got 1`,
		},
		"props that exclude one another": {
			func(stack awscdk.Stack) *messagescheduler.MessageSchedulerProps {
				return &messagescheduler.MessageSchedulerProps{
					Sender:               sender,
					Bucket:               awss3.Bucket_FromBucketName(stack, jsii.String("Mine"), jsii.String("mine")),
					BucketProps:          &awss3.BucketProps{},
					HttpApi:              awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil),
					AllowedOrigins:       []string{"https://app.example.com"},
					ThrottleRate:         10,
					ThrottleBurst:        10,
					Authorizer:           awsapigatewayv2authorizers.NewHttpIamAuthorizer(),
					AllowUnauthenticated: true,
					DisableAlarms:        true,
					LateAfter:            time.Second,
				}
			},
			`message scheduler "Test/Scheduler": bucketProps is given though bucket is; ` +
				`allowUnauthenticated is given though authorizer is; ` +
				`allowedOrigins is given though httpApi is; throttleRate is given though httpApi is; ` +
				`throttleBurst is given though httpApi is; lateAfter is 1s though disableAlarms is set`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, stack := newStack(t)
			props := test.props(stack)
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("panicked with\n%v\nwant\n%s", got, test.want)
				}
			}()
			messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), props)
		})
	}
}
