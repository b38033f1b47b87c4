package budgetsubscriber_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

type (
	props     = budgetsubscriber.BudgetSubscriberProps
	budget    = budgetsubscriber.Budget
	threshold = budgetsubscriber.Threshold
	recipient = budgetsubscriber.Recipient
)

const root = "../.."

// newStack is a stack of an app that bundles nothing.
func newStack(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app := snapshot.App(t, root)
	return app, awscdk.NewStack(app, jsii.String("Test"), nil)
}

func subscriber(stack awscdk.Stack, p props) budgetsubscriber.BudgetSubscriber {
	return budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &p)
}

// simple is the least that makes sense.
func simple() props {
	return props{Budget: &budget{Amount: 100}, Sender: "alerts@example.com", Recipients: []recipient{{Email: "ada@example.com"}}}
}

func templates(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestWhatASubscriberIsMadeOf(t *testing.T) {
	_, stack := minimal(t)
	template := assertions.Template_FromStack(stack, nil)
	t.Run("its topic signs with SHA-256 and takes alerts of this account's budgets only", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::SNS::Topic"), map[string]any{"SignatureVersion": "2"})
		template.HasResourceProperties(jsii.String("AWS::SNS::TopicPolicy"), map[string]any{
			"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Effect": "Allow", "Action": "sns:Publish", "Principal": map[string]any{"Service": "budgets.amazonaws.com"},
				"Condition": map[string]any{
					"StringEquals": map[string]any{"aws:SourceAccount": map[string]any{"Ref": "AWS::AccountId"}},
					"ArnLike": map[string]any{"aws:SourceArn": map[string]any{"Fn::Join": []any{"", []any{
						"arn:", map[string]any{"Ref": "AWS::Partition"}, ":budgets::", map[string]any{"Ref": "AWS::AccountId"}, ":*",
					}}}},
				},
			})})},
		})
	})
	t.Run("its budget publishes to the topic at 90 percent actually spent", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::Budgets::Budget"), map[string]any{
			"Budget": assertions.Match_ObjectLike(&map[string]any{
				"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": map[string]any{"Amount": 100, "Unit": "USD"},
			}),
			"NotificationsWithSubscribers": []any{assertions.Match_ObjectLike(&map[string]any{
				"Notification": map[string]any{"ComparisonOperator": "GREATER_THAN", "NotificationType": "ACTUAL", "Threshold": 90, "ThresholdType": "PERCENTAGE"},
				"Subscribers":  []any{assertions.Match_ObjectLike(&map[string]any{"SubscriptionType": "SNS"})},
			})},
		})
	})
	t.Run("its subscription is https with a dead-letter queue, and waits for the endpoint", func(t *testing.T) {
		template.HasResource(jsii.String("AWS::SNS::Subscription"), map[string]any{
			"Properties": map[string]any{"Protocol": "https", "RedrivePolicy": assertions.Match_AnyValue(), "RawMessageDelivery": assertions.Match_Absent()},
			"DependsOn": assertions.Match_ArrayWith(&[]any{
				assertions.Match_StringLikeRegexp(jsii.String("NotifyRoleDefaultPolicy")), assertions.Match_StringLikeRegexp(jsii.String("Route")),
				assertions.Match_StringLikeRegexp(jsii.String("Stage")),
			}),
		})
	})
	t.Run("its stage serves before SNS asks for the confirmation", func(t *testing.T) {
		template.HasResource(jsii.String("AWS::ApiGatewayV2::Deployment"), map[string]any{
			"DependsOn": assertions.Match_ArrayWith(&[]any{assertions.Match_StringLikeRegexp(jsii.String("^BudgetRoute"))}),
		})
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
			"AutoDeploy": false,
			"DeploymentId": map[string]any{"Fn::GetAtt": []any{
				assertions.Match_StringLikeRegexp(jsii.String("^BudgetDeployment")), "DeploymentId",
			}},
		})
	})
	t.Run("its route needs no credentials", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{
			"RouteKey": "POST /budget-subscriber", "AuthorizationType": "NONE",
		})
	})
	t.Run("it makes an identity for the sender", func(t *testing.T) {
		template.HasResourceProperties(jsii.String("AWS::SES::EmailIdentity"), map[string]any{"EmailIdentity": "alerts@example.com"})
	})
}

func TestBudgetNames(t *testing.T) {
	name := func(b budget) string {
		_, stack := newStack(t)
		p := simple()
		p.Budget = &b
		return subscriber(stack, p).BudgetName()
	}
	first := name(budget{Name: "Monthly", Amount: 100})
	t.Run("a name is the title and a digest", func(t *testing.T) {
		if title, digest, ok := strings.Cut(first, "-"); !ok || title != "Monthly" || len(digest) != 8 {
			t.Errorf("name %q", first)
		}
	})
	t.Run("it differs in another stack of the account", func(t *testing.T) {
		app := snapshot.App(t, root)
		p := simple()
		p.Budget = &budget{Name: "Monthly", Amount: 100}
		if again := subscriber(awscdk.NewStack(app, jsii.String("Other"), nil), p).BudgetName(); again == first {
			t.Errorf("both are %s", first)
		}
	})
	t.Run("it stays when the amount changes, which is an update", func(t *testing.T) {
		if again := name(budget{Name: "Monthly", Amount: 200}); again != first {
			t.Errorf("%s became %s", first, again)
		}
	})
	t.Run("it stays when the default is written out", func(t *testing.T) {
		if again := name(budget{Name: "Monthly", Amount: 100, Thresholds: []threshold{{Percent: 90}}}); again != first {
			t.Errorf("%s became %s", first, again)
		}
	})
	t.Run("it changes with the notifications, which is a replacement", func(t *testing.T) {
		if again := name(budget{Name: "Monthly", Amount: 100, Thresholds: []threshold{{Percent: 80}}}); again == first {
			t.Errorf("it is still %s", again)
		}
	})
	t.Run("without a title it is the path", func(t *testing.T) {
		if got := name(budget{Amount: 100}); !strings.HasPrefix(got, "Test-Budget-") {
			t.Errorf("name %q", got)
		}
	})
}

func TestProps(t *testing.T) {
	t.Run("a key of this app is opened to Budgets", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		p.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
		subscriber(stack, p)
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::KMS::Key"), map[string]any{
			"KeyPolicy": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{assertions.Match_ObjectLike(&map[string]any{
				"Principal": map[string]any{"Service": "budgets.amazonaws.com"}, "Action": []any{"kms:Decrypt", "kms:GenerateDataKey"},
				"Condition": assertions.Match_ObjectLike(&map[string]any{"StringEquals": assertions.Match_AnyValue()}),
			})})},
		})
	})
	t.Run("a topic of this app is given the policy", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		p.Budget, p.Topic = nil, awssns.NewTopic(stack, jsii.String("Own"), nil)
		b := subscriber(stack, p)
		template := assertions.Template_FromStack(stack, nil)
		own := map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("^Own"))}
		template.AllResourcesProperties(jsii.String("AWS::SNS::TopicPolicy"), map[string]any{"Topics": []any{own}})
		template.AllResourcesProperties(jsii.String("AWS::SNS::Subscription"), map[string]any{"TopicArn": own})
		template.ResourceCountIs(jsii.String("AWS::Budgets::Budget"), jsii.Number(0))
		template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Environment": map[string]any{"Variables": assertions.Match_ObjectLike(&map[string]any{"HERMES_SIGNATURE_VERSION": "1"})},
		})
		if b.Budget() != nil || b.BudgetName() != "" {
			t.Errorf("budget %q", b.BudgetName())
		}
	})
	t.Run("a FIFO topic is refused", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		p.Topic = awssns.NewTopic(stack, jsii.String("Own"), &awssns.TopicProps{Fifo: jsii.Bool(true)})
		defer func() {
			const want = `budget subscriber "Test/Budget": topic must be a standard one, got the FIFO topic "Test/Own": ` +
				`budgets and https subscriptions need a standard one`
			if got := recover(); got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		subscriber(stack, p)
	})
	t.Run("an API of one's own is given the route", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		p.HttpApi = awsapigatewayv2.NewHttpApi(stack, jsii.String("Own"), nil)
		p.HttpApiUrl = "https://api.example.com/"
		if got := *subscriber(stack, p).Url(); got != "https://api.example.com/budget-subscriber" {
			t.Errorf("url %s", got)
		}
		assertions.Template_FromStack(stack, nil).AllResourcesProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{
			"ApiId": map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("^Own"))},
		})
	})
	t.Run("a hub alone needs no e-mail", func(t *testing.T) {
		_, stack := newStack(t)
		hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			QueueArn: "arn:aws:sqs:eu-west-1:123456789012:intake",
		})
		b := subscriber(stack, props{Budget: &budget{Amount: 1}, Hub: hub})
		if b.SenderIdentity() != nil || strings.Contains(snapshot.Text(t, stack), "ses:") {
			t.Error("it may send e-mail")
		}
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Environment": map[string]any{"Variables": assertions.Match_ObjectLike(&map[string]any{
				"HERMES_ROOM": "budget", "HERMES_QUEUE_URL": assertions.Match_AnyValue(), "HERMES_SENDER": assertions.Match_Absent(),
			})},
		})
	})
	t.Run("disabled alarms are not made", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		p.DisableAlarms = true
		if b := subscriber(stack, p); len(b.Alarms()) != 0 {
			t.Errorf("%d alarms", len(b.Alarms()))
		}
	})
	t.Run("the caller's props are not changed", func(t *testing.T) {
		_, stack := newStack(t)
		p := simple()
		budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &p)
		if p.Budget.Name != "" || p.Budget.Thresholds != nil || p.Protocol != "" || p.RemovalPolicy != "" {
			t.Errorf("props became %+v", p)
		}
	})
}

func TestInvalidProps(t *testing.T) {
	folder := templates(t, map[string]string{"budget.txt": "{{.Nobody}}", "mail.html": ""})
	for _, c := range []struct {
		name, want string
		props      *props
	}{
		{"nothing", `one of budget, topic and costAnomalies is required; one of recipients and hub is required`, nil},
		{
			"a wrong budget", `budget.amount must be above 0, got -1; ` +
				`budget.period must be one of DAILY, MONTHLY, QUARTERLY, ANNUALLY, got "HOURLY"; ` +
				`budget.name may have 91 characters and hold no colon, backslash and "/action/", got "a:b"; ` +
				`budget.thresholds[0] must have one of percent and amount above 0, got 0 and 0; ` +
				`budget.thresholds[1] must have one of percent and amount above 0, got 5 and 5; ` +
				`budget.thresholds[2] must have one of percent and amount above 0, got 5 and 5; ` +
				`budget.thresholds[2] occurs twice`,
			&props{
				Sender: "alerts@example.com", Recipients: simple().Recipients,
				Budget: &budget{Amount: -1, Period: "HOURLY", Name: "a:b", Thresholds: []threshold{{}, {Percent: 5, Amount: 5}, {Percent: 5, Amount: 5}}},
			},
		},
		{
			"a wrong currency and empty filters", `budget.currency must be a code of ISO 4217 like "USD", got "XXQ"; ` +
				`budget.costFilters["Service"] must have a name and values, got []`,
			&props{
				Sender: simple().Sender, Recipients: simple().Recipients,
				Budget: &budget{Amount: 1, Currency: "XXQ", CostFilters: map[string][]string{"Service": {}}},
			},
		},
		{
			"wrong recipients", `room is "r", but hub is missing; budget.thresholds[0] is forecasted, which a daily budget cannot be; ` +
				`recipients[0].email must be one address, got "Ada <ada@example.com>"; sender is missing, which recipients need`,
			&props{
				Budget: &budget{Amount: 1, Period: "DAILY", Thresholds: []threshold{{Percent: 1, Forecasted: true}}}, Room: "r",
				Recipients: []recipient{{Email: "Ada <ada@example.com>"}},
			},
		},
		{
			"wrong sender", `sender must be like "Hermes <no-reply@example.com>", got "Hermes"; retry.minDelay 20m0s is above retry.maxDelay 1m0s; ` +
				`httpApiUrl is given without httpApi; httpApiUrl must begin with https://, got "http://x"; ` +
				`signatureVersion must be between 1 and 2, got 3; receiptRetention must be between 360h0m0s and 87600h0m0s, got 1m0s; ` +
				`notify.memoryMB must be between 128 and 10240, got 64`,
			&props{
				Budget: simple().Budget, Recipients: simple().Recipients, Sender: "Hermes", SignatureVersion: 3, ReceiptRetention: time.Minute,
				Retry: budgetsubscriber.RetryPolicy{MinDelay: 20 * time.Minute, MaxDelay: time.Minute}, HttpApiUrl: "http://x",
				Notify: budgetsubscriber.FunctionOptions{MemoryMB: 64},
			},
		},
		{
			"fewer instances than read the redrive queue", `notify.reservedConcurrency must be at least 2, the instances that read its queue, got 1`,
			&props{
				Budget: simple().Budget, Recipients: simple().Recipients, Sender: simple().Sender,
				Notify: budgetsubscriber.FunctionOptions{ReservedConcurrency: 1},
			},
		},
		{
			"too much patience", `retry.retries times retry.maxDelay must be at most 1h0m0s, got 1h0m10s`,
			&props{
				Budget: simple().Budget, Recipients: simple().Recipients, Sender: simple().Sender,
				Retry: budgetsubscriber.RetryPolicy{Retries: 10, MaxDelay: 361 * time.Second},
			},
		},
		{
			"too little patience", `retry.retries times retry.minDelay must be at least 20s, so that an invocation that was killed is made up for, got 3s`,
			&props{
				Budget: simple().Budget, Recipients: simple().Recipients, Sender: simple().Sender,
				Retry: budgetsubscriber.RetryPolicy{Retries: 3, MinDelay: time.Second},
			},
		},
		{
			"a wrong protocol", `retry is for protocol https, but protocol is lambda`,
			&props{
				Budget: simple().Budget, Recipients: simple().Recipients, Sender: simple().Sender,
				Protocol: "lambda", Retry: budgetsubscriber.RetryPolicy{Retries: 2},
			},
		},
		{
			"wrong templates", `templates: file "mail.html" is none of budget.subject.txt, budget.txt, budget.html, anomaly.subject.txt, anomaly.txt, anomaly.html; ` +
				`templates: contract: render: template refused: template: budget.txt:1:2: executing "budget.txt" at <.Nobody>: can't evaluate field Nobody in type contract.MailView`,
			&props{Budget: simple().Budget, Recipients: simple().Recipients, Sender: simple().Sender, Templates: folder},
		},
	} {
		t.Run(c.name+" is refused with every validation error", func(t *testing.T) {
			_, stack := newStack(t)
			defer func() {
				if got, want := recover(), `budget subscriber "Test/Budget": `+c.want; got != want {
					t.Errorf("panicked with\n%v\nwant\n%s", got, want)
				}
			}()
			budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), c.props)
		})
	}
}

func TestASubscriberOfAnotherStack(t *testing.T) {
	const arn, key = "arn:aws:sns:eu-west-1:123456789012:alerts", "arn:aws:kms:eu-west-1:123456789012:key/1"
	t.Run("can be published to", func(t *testing.T) {
		_, stack := newStack(t)
		b := budgetsubscriber.FromBudgetSubscriberAttributes(stack, jsii.String("Budget"),
			&budgetsubscriber.BudgetSubscriberAttributes{TopicArn: arn, EncryptionKeyArn: key})
		b.GrantPublish(awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
		}))
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
			"PolicyDocument": map[string]any{"Statement": []any{
				map[string]any{"Effect": "Allow", "Action": "sns:Publish", "Resource": arn},
				map[string]any{"Effect": "Allow", "Action": []any{"kms:Decrypt", "kms:GenerateDataKey"}, "Resource": key},
			}},
		})
	})
	t.Run("needs a topic", func(t *testing.T) {
		_, stack := newStack(t)
		defer func() {
			if got, want := recover(), `budget subscriber "Test/Budget": imported without topicArn`; got != want {
				t.Errorf("panicked with %v, want %s", got, want)
			}
		}()
		budgetsubscriber.FromBudgetSubscriberAttributes(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberAttributes{})
	})
}

func TestASubscriberIsAScopeLikeAnyConstruct(t *testing.T) {
	_, stack := newStack(t)
	b := subscriber(stack, simple())
	awscdk.NewCfnOutput(b, jsii.String("Arn"), &awscdk.CfnOutputProps{Value: b.Topic().TopicArn()})
	awscdk.Tags_Of(b).Add(jsii.String("team"), jsii.String("web"), nil)
	if got := *b.ToString(); got != "Test/Budget" {
		t.Errorf("ToString() = %q", got)
	}
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::SNS::Topic"),
		map[string]any{"Tags": []any{map[string]any{"Key": "team", "Value": "web"}}})
}
