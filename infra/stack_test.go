package main

import (
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

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
