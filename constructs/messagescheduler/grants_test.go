package messagescheduler_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

const secretARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:scheduler-AbCdEf"

func TestGrantSchedule(t *testing.T) {
	t.Run("a function that may schedule may read the secret, and gets the addresses in its environment", func(t *testing.T) {
		stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{PublicUrl: "https://schedule.example.com"})
		scheduler.GrantSchedule(backend(stack))
		template := assertions.Template_FromStack(stack, nil)
		template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "nodejs22.x",
			"Environment": map[string]any{"Variables": map[string]any{
				"HERMES_SCHEDULER_URL":        "https://schedule.example.com",
				"HERMES_SCHEDULER_SECRET_ARN": stack.Resolve(scheduler.Secret().SecretArn()),
			}},
		})
		template.HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
			"PolicyName": assertions.Match_StringLikeRegexp(jsii.String("^Backend")),
			"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
				"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": stack.Resolve(scheduler.Secret().SecretArn()),
			}}},
		})
	})
	t.Run("a backend of a hub and a scheduler knows the secrets of both", func(t *testing.T) {
		stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{})
		hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
		fn := backend(stack)
		hub.GrantIssueTokens(fn)
		scheduler.GrantSchedule(fn)
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "nodejs22.x",
			"Environment": map[string]any{"Variables": map[string]any{
				"HERMES_SECRET_ARN":           stack.Resolve(hub.Secret().SecretArn()),
				"HERMES_SCHEDULER_SECRET_ARN": stack.Resolve(scheduler.Secret().SecretArn()),
			}},
		})
	})
	t.Run("where tokens are not used, the secret is not granted", func(t *testing.T) {
		stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{AllowUnauthenticated: true})
		scheduler.GrantSchedule(backend(stack))
		template := assertions.Template_FromStack(stack, nil)
		template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
			"Runtime": "nodejs22.x",
			"Environment": map[string]any{"Variables": map[string]any{
				"HERMES_SCHEDULER_URL": assertions.Match_AnyValue(), "HERMES_SCHEDULER_SECRET_ARN": assertions.Match_Absent(),
			}},
		})
		for id := range *template.FindResources(jsii.String("AWS::IAM::Policy"), nil) {
			if strings.HasPrefix(id, "Backend") {
				t.Errorf("%s was made", id)
			}
		}
	})
}

func TestASchedulerOfAnotherStack(t *testing.T) {
	t.Run("grants the same", func(t *testing.T) {
		_, stack := newStack(t)
		scheduler := messagescheduler.FromMessageSchedulerAttributes(stack, jsii.String("Scheduler"),
			&messagescheduler.MessageSchedulerAttributes{ApiUrl: "https://schedule.example.com", SecretArn: secretARN})
		scheduler.GrantSchedule(backend(stack))
		if got := *scheduler.ScheduleUrl(); got != "https://schedule.example.com/{group}/schedule" {
			t.Errorf("url %s", got)
		}
		assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
			"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
				"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secretARN,
			}}},
		})
	})
	t.Run("without a secret gives the URL alone", func(t *testing.T) {
		_, stack := newStack(t)
		scheduler := messagescheduler.FromMessageSchedulerAttributes(stack, jsii.String("Scheduler"),
			&messagescheduler.MessageSchedulerAttributes{ApiUrl: "https://schedule.example.com"})
		scheduler.GrantSchedule(backend(stack))
		if scheduler.Secret() != nil {
			t.Error("it has a secret")
		}
		if text := snapshot.Text(t, stack); strings.Contains(text, "secretsmanager") || !strings.Contains(text, "HERMES_SCHEDULER_URL") {
			t.Errorf("template %s", text)
		}
	})
	t.Run("has the same metrics", func(t *testing.T) {
		_, stack := newStack(t)
		scheduler := messagescheduler.FromMessageSchedulerAttributes(stack, jsii.String("Scheduler"),
			&messagescheduler.MessageSchedulerAttributes{MetricsName: "TestScheduler686A40AB"})
		metric := scheduler.MetricLateness(nil)
		if *metric.Namespace() != "Hermes/MessageScheduler" || *metric.MetricName() != "Lateness" || *metric.Statistic() != "Maximum" {
			t.Errorf("metric %s %s %s", *metric.Namespace(), *metric.MetricName(), *metric.Statistic())
		}
		if got := (*metric.Dimensions())["Scheduler"]; got != "TestScheduler686A40AB" {
			t.Errorf("dimension %v", got)
		}
	})
	for attribute, call := range map[string]func(messagescheduler.IMessageScheduler){
		"apiUrl":      func(s messagescheduler.IMessageScheduler) { s.ScheduleUrl() },
		"metricsName": func(s messagescheduler.IMessageScheduler) { s.MetricSent(nil) },
	} {
		t.Run("names the attribute "+attribute+" that it was not given", func(t *testing.T) {
			_, stack := newStack(t)
			scheduler := messagescheduler.FromMessageSchedulerAttributes(stack, jsii.String("Scheduler"),
				&messagescheduler.MessageSchedulerAttributes{})
			defer func() {
				want := `message scheduler "Test/Scheduler": imported without ` + attribute
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %s", got, want)
				}
			}()
			call(scheduler)
		})
	}
}

func TestMetrics(t *testing.T) {
	_, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{})
	for name, metric := range map[string]interface {
		MetricName() *string
		Statistic() *string
	}{
		"Due Sum":          scheduler.MetricDue(nil),
		"Sent Sum":         scheduler.MetricSent(nil),
		"Failed Sum":       scheduler.MetricFailed(nil),
		"Blocked Sum":      scheduler.MetricBlocked(nil),
		"Suppressed Sum":   scheduler.MetricSuppressed(nil),
		"Lateness Maximum": scheduler.MetricLateness(nil),
		"ApproximateNumberOfMessagesVisible Maximum": scheduler.MetricDeadLetters(nil),
	} {
		if got := *metric.MetricName() + " " + *metric.Statistic(); got != name {
			t.Errorf("metric %s, want %s", got, name)
		}
	}
}
