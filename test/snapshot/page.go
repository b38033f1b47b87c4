package snapshot

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// limit is how many resources CloudFormation takes in a stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const limit = 500

// names are the properties that hold a resource's physical name, for the types that have one.
var names = map[string]string{
	"AWS::ApiGatewayV2::Api": "Name", "AWS::ApiGatewayV2::Stage": "StageName", "AWS::Budgets::Budget": "Budget.BudgetName",
	"AWS::CloudWatch::Alarm": "AlarmName", "AWS::DynamoDB::GlobalTable": "TableName", "AWS::Events::Rule": "Name",
	"AWS::IAM::Role": "RoleName", "AWS::Lambda::Function": "FunctionName",
	"AWS::Logs::LogGroup": "LogGroupName", "AWS::S3::Bucket": "BucketName", "AWS::SES::ConfigurationSet": "Name",
	"AWS::SES::EmailIdentity": "EmailIdentity", "AWS::SNS::Topic": "TopicName", "AWS::SQS::Queue": "QueueName",
	"AWS::SecretsManager::Secret": "Name",
}

// data are the types whose resources hold what a replacement would lose.
var data = []string{
	"AWS::DynamoDB::GlobalTable", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SecretsManager::Secret",
}

// Page holds the table of a construct's page against what the construct makes in the stack, or writes it with -update: how
// many resources, and of each the child, its type and its physical name.
func Page(t *testing.T, file string, construct constructs.IConstruct, stack awscdk.Stack) {
	t.Helper()
	const begin, end = "<!-- resources -->\n", "<!-- /resources -->\n"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(page), begin)
	got, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table between %q and %q", file, begin, end)
	}
	want := table(t, construct, stack)
	switch {
	case got == want:
	case *update:
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not up to date: run make snapshot/update\n%s", file, firstDifference(got, want))
	}
}

func table(t *testing.T, construct constructs.IConstruct, stack awscdk.Stack) string {
	t.Helper()
	resources, _ := Template(stack)["Resources"].(map[string]any)
	within := *construct.Node().Path() + "/"
	var rows, tables []string
	for _, child := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		resource, ok := child.(awscdk.CfnResource)
		if !ok {
			continue
		}
		id, _ := stack.Resolve(resource.LogicalId()).(string)
		path, inside := strings.CutPrefix(*resource.Node().Path(), within)
		if !inside {
			path = "../" + strings.TrimPrefix(path, *stack.Node().Path()+"/")
		}
		path = strings.TrimSuffix(path, "/Resource")
		rows = append(rows, row(path, *resource.CfnResourceType(), resources[id]))
		if *resource.CfnResourceType() == "AWS::DynamoDB::GlobalTable" {
			tables = append(tables, schema(t, path, resources[id]))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d of the %d resources that a stack may have; with every prop set, %d.\n\n", len(rows), limit, most(t, *construct.Node().Id()))
	b.WriteString("| child | type | physical name | holds data |\n|---|---|---|---|\n")
	b.WriteString(strings.Join(rows, ""))
	b.WriteString("\n## Tables\n\n| table | keys | expiry | indexes |\n|---|---|---|---|\n")
	b.WriteString(strings.Join(tables, ""))
	return b.String() + "\n"
}

// schema is a table's row: what a table that is given in its place must have.
func schema(t *testing.T, path string, resource any) string {
	t.Helper()
	text, err := json.Marshal(resource)
	if err != nil {
		t.Fatal(err)
	}
	type keys []struct{ AttributeName string }
	var table struct {
		Properties struct {
			AttributeDefinitions    []struct{ AttributeName, AttributeType string }
			KeySchema               keys
			TimeToLiveSpecification struct{ AttributeName string }
			GlobalSecondaryIndexes  []struct {
				IndexName  string
				KeySchema  keys
				Projection struct{ NonKeyAttributes []string }
			}
		}
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	p := table.Properties
	describe := func(list keys) string {
		parts := make([]string, len(list))
		for i, key := range list {
			parts[i] = "`" + key.AttributeName + "`"
			for _, a := range p.AttributeDefinitions {
				if a.AttributeName == key.AttributeName {
					parts[i] += " (" + a.AttributeType + ")"
				}
			}
		}
		return strings.Join(parts, ", ")
	}
	var indexes []string
	for _, index := range p.GlobalSecondaryIndexes {
		text := "`" + index.IndexName + "`: " + describe(index.KeySchema)
		if more := index.Projection.NonKeyAttributes; len(more) > 0 {
			text += " with `" + strings.Join(more, "`, `") + "`"
		}
		indexes = append(indexes, text)
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", path, describe(p.KeySchema), p.TimeToLiveSpecification.AttributeName, strings.Join(indexes, "; "))
}

func row(path, kind string, resource any) string {
	keeps := ""
	if slices.Contains(data, kind) {
		keeps = "yes"
	}
	return fmt.Sprintf("| `%s` | `%s` | %s | %s |\n", path, kind, physicalName(kind, resource), keeps)
}

func physicalName(kind string, resource any) string {
	property, has := names[kind]
	if !has {
		return "-"
	}
	fields, _ := resource.(map[string]any)
	value := fields["Properties"]
	for _, part := range strings.Split(property, ".") {
		fields, _ := value.(map[string]any)
		value = fields[part]
	}
	switch v := value.(type) {
	case nil:
		return "generated"
	case string:
		return "`" + v + "`"
	default:
		return "of the construct's path and the stack's id"
	}
}

// most is the largest number of resources that the golden templates beside the test have of a construct.
func most(t *testing.T, id string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	largest := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var template struct{ Resources map[string]any }
		if err := json.Unmarshal(text, &template); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		n := 0
		for logicalID := range template.Resources {
			if strings.HasPrefix(logicalID, id) {
				n++
			}
		}
		largest = max(largest, n)
	}
	return largest
}
