package provision

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// changed loads the test assembly after change was applied to its resources.
func changed(t *testing.T, change func(resources map[string]any)) *assembly.Assembly {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/office")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "Office.template.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template map[string]any
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	delete(template, "Outputs")
	change(template["Resources"].(map[string]any))
	if text, err = json.Marshal(template); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := assembly.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// with sets a property of a resource.
func with(id, property string, value any) func(map[string]any) {
	return func(resources map[string]any) {
		r := resources[id].(map[string]any)
		if r["Properties"] == nil {
			r["Properties"] = map[string]any{}
		}
		r["Properties"].(map[string]any)[property] = value
	}
}

func without(ids ...string) func(map[string]any) {
	return func(resources map[string]any) {
		for _, id := range ids {
			delete(resources, id)
		}
	}
}

func add(id, typeName string) func(map[string]any) {
	return func(resources map[string]any) { resources[id] = map[string]any{"Type": typeName} }
}

type object = map[string]any

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	const (
		door    = "provision: stack Office: resource Door (AWS::Lambda::Function): "
		letters = "provision: stack Office: resource Letters (AWS::SQS::Queue): "
		guests  = "provision: stack Office: resource Guests (AWS::DynamoDB::Table): "
		way     = ", only an asset with an executable bootstrap, for the runtime provided.al2023 or provided.al2"
		lockARN = "arn:aws:kms:us-east-1:000000000000:key/c53d72a3-d138-2af2-c74b-ba89172183a3"
		doorARN = "arn:aws:lambda:us-east-1:000000000000:function:Office-Door"
	)
	tests := []struct {
		name   string
		change func(map[string]any)
		want   string
		is     error
	}{
		{
			"unknown types, all at once", func(r map[string]any) {
				add("Vm", "AWS::EC2::Instance")(r)
				add("Clean", "Custom::S3AutoDeleteObjects")(r)
				add("Inner", "AWS::CloudFormation::Stack")(r)
			},
			"provision: resource types that are not supported: Office/Clean (Custom::S3AutoDeleteObjects: custom resources run code of the CDK against AWS), " +
				"Office/Inner (AWS::CloudFormation::Stack: nested stacks are not read; make it a stack of the app, or run the others with -stack), Office/Vm (AWS::EC2::Instance)",
			ErrUnsupported,
		},
		{"unknown properties", with("Door", "SnapStart", object{"ApplyOn": "None"}), door + "Properties.SnapStart is not supported", ErrUnsupported},
		{"unknown nested properties", with("Guests", "StreamSpecification", object{}), guests + "Properties.StreamSpecification is not supported", ErrUnsupported},
		{"unknown properties in lists", with("Tick", "Targets", []any{object{"Arn": "a", "Id": "b", "InputPath": "$"}}), "provision: stack Office: resource Tick (AWS::Events::Rule): Properties.Targets[0].InputPath is not supported", ErrUnsupported},
		{"values that are not supported", with("Door", "Runtime", "nodejs22.x"), door + "Properties.Runtime: the managed runtime nodejs22.x is not supported" + way, ErrUnsupported},
		{"container images", with("Door", "Code", object{"ImageUri": "x"}), door + "Properties.Code.ImageUri: a container image is not supported" + way, ErrUnsupported},
		{"missing properties", with("Door", "Code", object{}), door + "invalid: Properties.Code.S3Key is missing", ErrInvalid},
		{"code that is no asset", with("Door", "Code", object{"S3Key": "other.zip"}), door + "Properties.Code.S3Key other.zip, which is not an asset of the assembly, is not supported", ErrUnsupported},
		{"inline code", with("Door", "Code", object{"ZipFile": "x"}), door + "Properties.Code.ZipFile: inline code is not supported" + way, ErrUnsupported},
		{"code for another machine", with("Door", "Architectures", []any{"x86_64"}), door + "Properties.Architectures: x86_64 is not supported on this machine, which is arm64: set the prop architecture of the function or of its construct (CDK: Architecture.ARM_64) for the stage that runs here, or register an emulator (qemu-user-static)", ErrUnsupported},
		{"a role from elsewhere", with("Door", "Role", "arn:aws:iam::000000000000:role/other"), door + "role arn:aws:iam::000000000000:role/other, which is not in the assembly, is not supported", ErrUnsupported},
		{"numbers that are none", with("Door", "Timeout", "soon"), door + `invalid: Properties.Timeout: "soon" is not a whole number`, ErrInvalid},
		{"objects that are none", with("Door", "Environment", "x"), door + "invalid: Properties.Environment is not an object", ErrInvalid},
		{"lists that are none", with("Door", "Architectures", "arm64"), door + "invalid: Properties.Architectures is not a list", ErrInvalid},
		{
			"a role that Lambda may not assume", with("DoorRole", "AssumeRolePolicyDocument", object{"Statement": object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "ec2.amazonaws.com"}}}),
			door + "not permitted: Service: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/Office-DoorRole because no resource-based policy allows the sts:AssumeRole action",
			ErrNotPermitted,
		},
		{
			"a route without Lambda permission", without("AllowChat"),
			"provision: stack Office: resource ChatAuthorizer (AWS::ApiGatewayV2::Authorizer): not permitted: Service: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: " + doorARN +
				" because no resource-based policy allows the lambda:InvokeFunction action for source arn:aws:execute-api:us-east-1:000000000000:jmqdnooatj/authorizers/7jmotx",
			ErrNotPermitted,
		},
		{
			"an HTTP route that the permission leaves out", with("WebAny", "RouteKey", "POST /other"),
			"provision: stack Office: resource WebAny (AWS::ApiGatewayV2::Route): not permitted: Service: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: " + doorARN +
				" because no resource-based policy allows the lambda:InvokeFunction action for source arn:aws:execute-api:us-east-1:000000000000:n7itdjlbwc/$default/POST/other",
			ErrNotPermitted,
		},
		{
			"a mapping whose role may not poll", with("DoorPolicy", "PolicyDocument", object{"Statement": object{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}}),
			"provision: stack Office: resource DoorMapping (AWS::Lambda::EventSourceMapping): not permitted: User: arn:aws:sts::000000000000:assumed-role/Office-DoorRole/service is not authorized to perform: sqs:DeleteMessage on resource: arn:aws:sqs:us-east-1:000000000000:Office-Letters because no identity-based policy allows the sqs:DeleteMessage action",
			ErrNotPermitted,
		},
		{
			"a topic that may not send to its queue", with("LettersPolicy", "PolicyDocument", object{"Statement": object{"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": object{"Service": "events.amazonaws.com"}}}),
			"provision: stack Office: resource NewsToLetters (AWS::SNS::Subscription): not permitted: Service: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:Office-Letters because no resource-based policy allows the sqs:SendMessage action for source arn:aws:sns:us-east-1:000000000000:Office-News",
			ErrNotPermitted,
		},
		{
			"a log group with a key that CloudWatch Logs may not use", with("Lock", "KeyPolicy", nil),
			"provision: stack Office: resource Logs (AWS::Logs::LogGroup): not permitted: Service: logs.us-east-1.amazonaws.com is not authorized to perform: kms:Encrypt on resource: " + lockARN +
				" because no resource-based policy allows the kms:Encrypt action", ErrNotPermitted,
		},
		{
			"a topic that may send to its queue, but not with the queue's key", with("Lock", "KeyPolicy", object{"Statement": []any{
				object{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": object{"AWS": "arn:aws:iam::000000000000:root"}},
				object{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": object{"Service": "logs.us-east-1.amazonaws.com"}},
				object{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": object{"Service": "sns.amazonaws.com"}},
				object{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": object{"Service": []any{"budgets.amazonaws.com", "events.amazonaws.com"}}},
			}}),
			"provision: stack Office: resource NewsToLetters (AWS::SNS::Subscription): not permitted: Service: sns.amazonaws.com is not authorized to perform: kms:GenerateDataKey on resource: " + lockARN +
				" because no resource-based policy allows the kms:GenerateDataKey action for source arn:aws:sns:us-east-1:000000000000:Office-News", ErrNotPermitted,
		},
		{
			"a queue with a key that nobody has", with("Letters", "KmsMasterKeyId", "alias/other"),
			letters + "Properties.KmsMasterKeyId alias/other, which is not a key of the assembly, is not supported", ErrUnsupported,
		},
		{
			"a mapping whose role may not use the queue's key", with("Lock", "KeyPolicy", object{"Statement": []any{
				object{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": object{"Service": []any{
					"sns.amazonaws.com", "budgets.amazonaws.com", "events.amazonaws.com", "logs.us-east-1.amazonaws.com",
				}}},
			}}),
			"provision: stack Office: resource DoorMapping (AWS::Lambda::EventSourceMapping): not permitted: User: arn:aws:sts::000000000000:assumed-role/Office-DoorRole/service is not authorized to perform: kms:Decrypt on resource: " + lockARN +
				" because no resource-based policy allows the kms:Decrypt action", ErrNotPermitted,
		},
		{
			"a budget that may not publish", func(r map[string]any) {
				without("NewsPolicy")(r)
				delete(r["Spending"].(map[string]any), "DependsOn")
			},
			"provision: stack Office: resource Spending (AWS::Budgets::Budget): not permitted: Service: budgets.amazonaws.com is not authorized to perform: sns:Publish on resource: arn:aws:sns:us-east-1:000000000000:Office-News because no resource-based policy allows the sns:Publish action for source arn:aws:budgets::000000000000:budget/Office-Spending",
			ErrNotPermitted,
		},
		{"a queue that is visible again too soon", with("Letters", "VisibilityTimeout", 10), "provision: stack Office: resource DoorMapping (AWS::Lambda::EventSourceMapping): invalid: queue visibility timeout: 10 seconds is less than function timeout: 20 seconds", ErrInvalid},
		{"a dead-letter queue from elsewhere", with("Letters", "RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:x","maxReceiveCount":3}`), letters + "Properties.RedrivePolicy.deadLetterTargetArn arn:aws:sqs:us-east-1:000000000000:x, which is not a queue of the assembly, is not supported", ErrUnsupported},
		{"a FIFO name for a standard queue", with("Dead", "QueueName", "dead.fifo"), "provision: stack Office: resource Dead (AWS::SQS::Queue): invalid: the name dead.fifo ends in .fifo if and only if the queue is FIFO", ErrInvalid},
		{"one name twice", with("Ordered", "QueueName", "Office-Letters"), "provision: stack Office: resource Ordered (AWS::SQS::Queue): invalid: AlreadyExists: AWS::SQS::Queue Office-Letters exists already: it is Office/Letters", ErrInvalid},
		{"key attributes without a type", with("Guests", "AttributeDefinitions", []any{}), guests + "invalid: key attribute room has no type S, N or B in Properties.AttributeDefinitions", ErrInvalid},
		{"provisioned tables without throughput", with("Guests", "ProvisionedThroughput", nil), guests + "invalid: Properties.ProvisionedThroughput is missing, which billing mode PROVISIONED, the default, needs", ErrInvalid},
		{"tables of several replicas", with("Visits", "Replicas", []any{object{"Region": "us-east-1"}, object{"Region": "us-east-1"}}), "provision: stack Office: resource Visits (AWS::DynamoDB::GlobalTable): Properties.Replicas: a table of 2 replicas is not supported", ErrUnsupported},
		{"replicas elsewhere", with("Visits", "Replicas", []any{object{"Region": "eu-west-1"}}), "provision: stack Office: resource Visits (AWS::DynamoDB::GlobalTable): Properties.Replicas[0].Region: eu-west-1 is not supported, only us-east-1", ErrUnsupported},
		{"integrations with anything else", with("WebIntegration", "IntegrationUri", "https://example.com"), "provision: stack Office: resource WebAny (AWS::ApiGatewayV2::Route): Properties.IntegrationUri https://example.com: an integration with anything but a function is not supported", ErrUnsupported},
		{"slow integrations", with("ChatIntegration", "TimeoutInMillis", 30000), "provision: stack Office: resource ChatIntegration (AWS::ApiGatewayV2::Integration): invalid: Properties.TimeoutInMillis 30000 is not between 50 and 29000", ErrInvalid},
		{"one route twice", with("WebAny", "RouteKey", "GET /{group}/letters"), "provision: stack Office: resource WebList (AWS::ApiGatewayV2::Route): invalid: route GET /{group}/letters exists already", ErrInvalid},
		{"a WebSocket route with IAM", with("ChatConnect", "AuthorizationType", "AWS_IAM"), "provision: stack Office: resource ChatConnect (AWS::ApiGatewayV2::Route): Properties.AuthorizationType: AWS_IAM for a WebSocket API is not supported", ErrUnsupported},
		{"a stage that serves nothing", with("WebStage", "AutoDeploy", false), "provision: stack Office: resource WebStage (AWS::ApiGatewayV2::Stage): invalid: Properties has neither AutoDeploy nor DeploymentId: the stage would serve nothing", ErrInvalid},
		{"an unknown managed policy", with("DoorRole", "ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"}), "provision: stack Office: resource DoorRole (AWS::IAM::Role): Properties.ManagedPolicyArns: arn:aws:iam::aws:policy/AdministratorAccess is not supported", ErrUnsupported},
		{"a policy that cannot be read", with("DoorPolicy", "PolicyDocument", object{"Statement": object{"Effect": "Maybe"}}), "provision: stack Office: resource DoorPolicy (AWS::IAM::Policy): iam: policy: DoorPolicy: statement 0: effect Maybe is neither Allow nor Deny", nil},
		{"a rule for events that nobody sends", with("Tick", "EventPattern", object{"source": []any{"aws.ec2"}}), "provision: stack Office: resource Tick (AWS::Events::Rule): Properties.EventPattern: a rule for other events than those of source aws.ses is not supported", ErrUnsupported},
		{"a rule that never fires", func(resources map[string]any) {
			delete(resources["Tick"].(object)["Properties"].(object), "ScheduleExpression")
		}, "provision: stack Office: resource Tick (AWS::Events::Rule): invalid: Properties has neither ScheduleExpression nor EventPattern: the rule would never fire", ErrInvalid},
		{"events on a bus of one's own", with("MailEvents", "EventDestination", object{
			"EventBridgeDestination": object{"EventBusArn": "arn:aws:events:us-east-1:000000000000:event-bus/own"}, "MatchingEventTypes": []any{"bounce"},
		}), `provision: stack Office: resource MailEvents (AWS::SES::ConfigurationSetEventDestination): invalid: Properties.EventDestination.EventBridgeDestination.EventBusArn "arn:aws:events:us-east-1:000000000000:event-bus/own" is not arn:aws:events:us-east-1:000000000000:event-bus/default`, ErrInvalid},
		{"events of another app's configuration set", with("MailEvents", "ConfigurationSetName", "other"), "provision: stack Office: resource MailEvents (AWS::SES::ConfigurationSetEventDestination): Properties.ConfigurationSetName other, which is not in the assembly, is not supported", ErrUnsupported},
		{"events sent to a topic", with("MailEvents", "EventDestination", object{
			"SnsDestination": object{"TopicARN": "x"}, "MatchingEventTypes": []any{"bounce"},
		}), "provision: stack Office: resource MailEvents (AWS::SES::ConfigurationSetEventDestination): Properties.EventDestination.SnsDestination is not supported", ErrUnsupported},
		{"a rule with another target", with("Tick", "Targets", []any{object{"Id": "a", "Arn": "arn:aws:states:us-east-1:000000000000:stateMachine:x"}}), "provision: stack Office: resource Tick (AWS::Events::Rule): Properties.Targets.Arn arn:aws:states:us-east-1:000000000000:stateMachine:x: a target that is neither function nor queue is not supported", ErrUnsupported},
		{"a filter for https", with("NewsToWeb", "FilterPolicy", object{}), "provision: stack Office: resource NewsToWeb (AWS::SNS::Subscription): Properties.FilterPolicy for protocol https is not supported", ErrUnsupported},
		{"a secret with half a template", with("Key", "GenerateSecretString", object{"SecretStringTemplate": "{}"}), "provision: stack Office: resource Key (AWS::SecretsManager::Secret): invalid: Properties.GenerateSecretString needs both SecretStringTemplate and GenerateStringKey, or neither", ErrInvalid},
		{"a key a secret has not", with("Door", "Description", "{{resolve:secretsmanager:fixed:SecretString:nope}}"), "assembly: stack Office: resource Door (AWS::Lambda::Function): Properties.Description: {{resolve:secretsmanager:fixed:SecretString:nope}}: invalid: the secret has no key \"nope\"", ErrInvalid},
		{"a dashboard that is no JSON", with("Board", "DashboardBody", "{"), "provision: stack Office: resource Board (AWS::CloudWatch::Dashboard): invalid: Properties.DashboardBody is not JSON", ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Plan(t.Context(), changed(t, tt.change), testOptions())
			if err == nil || err.Error() != tt.want {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Fatalf("it does not wrap %v", tt.is)
			}
		})
	}
}

func TestASecondAssemblyCannotTakeNamesOfTheAccount(t *testing.T) {
	t.Parallel()
	a := changed(t, func(resources map[string]any) {
		clear(resources)
		resources["Sender"] = map[string]any{"Type": "AWS::SES::EmailIdentity", "Properties": map[string]any{"EmailIdentity": "no-reply@example.org"}}
	})
	second := t.TempDir()
	for file, text := range map[string]string{
		"manifest.json": `{"artifacts":{"Other":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region",` +
			`"properties":{"templateFile":"Other.template.json"}}}}`,
		"Other.template.json": `{"Resources":{"Mail":{"Type":"AWS::SES::EmailIdentity","Properties":{"EmailIdentity":"no-reply@example.org"}}}}`,
	} {
		if err := os.WriteFile(filepath.Join(second, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	both, err := assembly.Load(a.Dir, second)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Plan(t.Context(), both, testOptions())
	const want = "invalid: AlreadyExists: AWS::SES::EmailIdentity no-reply@example.org exists already: it is "
	if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}
