package main

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// build makes a stage's stack, with the architecture of AWS wherever the test runs.
func build(t *testing.T, stage Stage) (awscdk.App, awscdk.Stack) {
	t.Helper()
	stage.Architecture = awslambda.Architecture_ARM_64()
	app := snapshot.App(t, "..")
	return app, newStack(app, stage)
}

func TestStages(t *testing.T) {
	for _, stage := range stages() {
		_, stack := build(t, stage)
		template := snapshot.Template(stack)
		t.Run("stage "+stage.Name+" is the golden one", func(t *testing.T) {
			if got, want := *stack.StackName(), "Hermes-"+stage.Name; got != want {
				t.Errorf("stack name %s, want %s", got, want)
			}
			snapshot.Golden(t, stage.Name, template)
			checkDeployable(t, stack, stage)
		})
		t.Run("no policy of stage "+stage.Name+" is broader than listed", func(t *testing.T) {
			if counted := snapshot.LeastPrivilege(t, template); counted.Allow < 20 {
				t.Errorf("only %d statements were found", counted.Allow)
			}
		})
		t.Run("cdk-nag finds nothing in stage "+stage.Name, func(t *testing.T) {
			app, stack := build(t, stage)
			snapshot.Nag(t, app, stack)
		})
	}
}

func TestAStageWithADomainIsServedThere(t *testing.T) {
	stage, err := stageNamed("prod")
	if err != nil {
		t.Fatal(err)
	}
	stage.Domain = &Domain{
		Name:           "push.example.com",
		CertificateARN: "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
		HostedZoneID:   "Z123",
		ZoneName:       "example.com",
	}
	_, stack := build(t, stage)
	outputs := snapshot.Template(stack)["Outputs"].(map[string]any)
	if got := outputs["WebSocketUrl"].(map[string]any)["Value"]; got != "wss://push.example.com" {
		t.Errorf("WebSocketUrl is %v", got)
	}
}

// checkDeployable holds a stage against what a first deployment needs.
func checkDeployable(t *testing.T, stack awscdk.Stack, stage Stage) {
	t.Helper()
	template := assertions.Template_FromStack(stack, nil)
	template.AllResourcesProperties(jsii.String("AWS::Lambda::EventSourceMapping"), map[string]any{
		"ScalingConfig": map[string]any{"MaximumConcurrency": assertions.Match_AnyValue()},
	})
	template.AllResourcesProperties(jsii.String("AWS::ApiGatewayV2::Stage"), map[string]any{
		"DefaultRouteSettings": map[string]any{
			"ThrottlingRateLimit": assertions.Match_AnyValue(), "ThrottlingBurstLimit": assertions.Match_AnyValue(),
		},
	})
	if stage.Alarms {
		topic := map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("^AlarmTopic"))}
		template.AllResourcesProperties(jsii.String("AWS::CloudWatch::Alarm"), map[string]any{
			"AlarmActions": []any{topic}, "OKActions": []any{topic},
		})
	}
	if stage.Name == "local" {
		return
	}
	emptied := assertions.Match_Absent()
	if stage.RemovalPolicy == awscdk.RemovalPolicy_DESTROY {
		emptied = assertions.Match_ArrayWith(&[]any{map[string]any{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}})
	}
	template.AllResourcesProperties(jsii.String("AWS::S3::Bucket"), map[string]any{"Tags": emptied})
	text := snapshot.Text(t, stack)
	for _, unwanted := range []string{"example.com", "hermes.example", "AWS::SES::EmailIdentity"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("the template holds %s", unwanted)
		}
	}
}

func TestASenderIsUsedAndNotMade(t *testing.T) {
	stage, err := withContext(t, "prod", map[string]string{
		"sender": "Hermes <no-reply@your.org>", "senderIdentity": "your.org", "sandboxRecipients": "ada@home.org", "alarmEmail": "ops@your.org", "connectionsQuota": "2500",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, stack := build(t, stage)
	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::SES::EmailIdentity"), jsii.Number(0))
	template.HasResourceProperties(jsii.String("AWS::SNS::Subscription"), map[string]any{"Protocol": "email", "Endpoint": "ops@your.org"})
	template.HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
		"Environment": map[string]any{"Variables": assertions.Match_ObjectLike(&map[string]any{"HERMES_SENDER": "Hermes <no-reply@your.org>"})},
	})
	text := snapshot.Text(t, stack)
	if !strings.Contains(text, ":identity/your.org") || !strings.Contains(text, ":identity/ada@home.org") || !strings.Contains(text, `"HERMES_POST_RATE":"583"`) {
		t.Error("the identity is not the one given, or the quota is not")
	}
}

func TestTheBudgetsSenderIsUsedAndNotMade(t *testing.T) {
	for identity, want := range map[string]string{"": "alerts@your.org", "your.org": "your.org"} {
		stage, err := stageNamed("dev")
		if err != nil {
			t.Fatal(err)
		}
		stage.Budget.Sender, stage.Budget.SenderIdentity = "Hermes <alerts@your.org>", identity
		stage.Budget.Recipients = []budgetsubscriber.Recipient{{Email: "ada@home.org"}}
		stage, err = stage.withContext(func(name string) string { return map[string]string{"sandboxRecipients": "ada@home.org"}[name] })
		if err != nil {
			t.Fatal(err)
		}
		_, stack := build(t, stage)
		assertions.Template_FromStack(stack, nil).ResourceCountIs(jsii.String("AWS::SES::EmailIdentity"), jsii.Number(0))
		text := snapshot.Text(t, stack)
		if !strings.Contains(text, ":identity/"+want+`"`) || !strings.Contains(text, ":identity/ada@home.org") {
			t.Errorf("with identity %q the template does not allow to send as %s to ada@home.org", identity, want)
		}
	}
}

// TestEveryAlarmHasASectionInTheRunbook reads the sections from the descriptions' links.
func TestEveryAlarmHasASectionInTheRunbook(t *testing.T) {
	runbook, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for line := range strings.Lines(string(runbook)) {
		if heading, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok {
			sections[strings.ReplaceAll(strings.ToLower(heading), " ", "-")] = false
		}
	}
	stage, err := stageNamed("local") // which has every alarm
	if err != nil {
		t.Fatal(err)
	}
	_, stack := build(t, stage)
	for id, resource := range *assertions.Template_FromStack(stack, nil).FindResources(jsii.String("AWS::CloudWatch::Alarm"), nil) {
		description, _ := (*resource)["Properties"].(map[string]any)["AlarmDescription"].(string)
		_, section, _ := strings.Cut(description, "docs/runbook.md#")
		if _, ok := sections[section]; !ok {
			t.Errorf("alarm %s: docs/runbook.md has no section %q", id, section)
		}
		sections[section] = true
	}
	for section, used := range sections {
		if !used {
			t.Errorf("docs/runbook.md: no alarm links to section %q", section)
		}
	}
}
