package lambdafn

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The tests share the one jsii process of the test binary, so they run one after the other.

// newStack returns a stack whose functions are not built.
func newStack(t *testing.T) awscdk.Stack {
	t.Helper()
	t.Setenv("HERMES_CACHE", t.TempDir())
	app := awscdk.NewApp(&awscdk.AppProps{
		Outdir:  jsii.String(filepath.Join(t.TempDir(), "cdk.out")),
		Context: &map[string]any{"aws:cdk:bundling-stacks": []string{}},
	})
	return awscdk.NewStack(app, jsii.String("Stack"), nil)
}

// assertResources compares the resources of a stack with a golden file.
func assertResources(t *testing.T, stack awscdk.Stack, golden string) {
	t.Helper()
	template := *assertions.Template_FromStack(stack, nil).ToJSON()
	text, err := json.MarshalIndent(template["Resources"], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := string(text) + "\n"
	file := filepath.Join("testdata", golden)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAFunctionWithDefaultsMayWriteItsLogAndNothingElse(t *testing.T) {
	stack := newStack(t)
	New(stack, jsii.String("Greet"), &Props{Package: "functions/demo/greet"})
	assertResources(t, stack, "defaults.json")
}

func TestAFunctionWithEverythingSet(t *testing.T) {
	stack := newStack(t)
	given := &Props{
		Options: Options{
			Code:                awslambda.Code_FromAsset(jsii.String("testdata/own"), nil),
			Architecture:        awslambda.Architecture_X86_64(),
			MemoryMB:            1024,
			ReservedConcurrency: 5,
			EphemeralStorageMB:  1024,
			Environment:         map[string]*string{"NAME": jsii.String("world")},
			Layers: []awslambda.ILayerVersion{awslambda.LayerVersion_FromLayerVersionArn(stack, jsii.String("Layer"),
				jsii.String("arn:aws:lambda:eu-west-1:123456789012:layer:extension:7"))},
			Vpc: awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
				VpcId: jsii.String("vpc-12345678"), AvailabilityZones: jsii.Strings("eu-west-1a"), PrivateSubnetIds: jsii.Strings("subnet-12345678"), PrivateSubnetRouteTableIds: jsii.Strings("rtb-12345678"),
			}),
			Tracing:        awslambda.Tracing_ACTIVE,
			LogLevel:       awslambda.ApplicationLogLevel_WARN,
			SystemLogLevel: awslambda.SystemLogLevel_WARN,
			LogGroup:       awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Group"), jsii.String("/hermes/greet")),
		},
		Description:   "Greets",
		Timeout:       30 * time.Second,
		Variables:     map[string]*string{"OWN": jsii.String("mine")},
		RecursiveLoop: awslambda.RecursiveLoop_ALLOW,
	}
	fn := New(stack, jsii.String("Greet"), given)
	fn.AddEnvironment(jsii.String("LATER"), jsii.String("yes"), nil)

	assertResources(t, stack, "everything.json")
	if len(given.Environment) != 1 {
		t.Errorf("the caller's environment has become %v, want NAME only", given.Environment)
	}
}

func TestGrantsReachTheFunctionsRole(t *testing.T) {
	stack := newStack(t)
	fn := New(stack, jsii.String("Greet"), &Props{Package: "functions/demo/greet"})
	topic := awssns.NewTopic(stack, jsii.String("Topic"), nil)
	topic.GrantPublish(fn)
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
		"PolicyDocument": map[string]any{
			"Statement": []any{map[string]any{
				"Action":   "sns:Publish",
				"Effect":   "Allow",
				"Resource": map[string]any{"Ref": *stack.GetLogicalId(topic.Node().DefaultChild().(awscdk.CfnElement))},
			}},
		},
	})
}

func TestNewReportsEveryValidationErrorAtOnce(t *testing.T) {
	stack := newStack(t)
	defer func() {
		want := `lambdafn: function Stack/Greet: one of package and code is required
timeout must be whole seconds from 1s to 15m0s, got 1.5s
description must have at most 256 characters, got 257
environment must not set NAME, which is the function's own`
		if err, ok := recover().(error); !ok || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}()
	New(stack, jsii.String("Greet"), &Props{
		Options:     Options{Environment: map[string]*string{"NAME": jsii.String("a")}},
		Variables:   map[string]*string{"NAME": jsii.String("b")},
		Timeout:     1500 * time.Millisecond,
		Description: strings.Repeat("x", 257),
	})
}
