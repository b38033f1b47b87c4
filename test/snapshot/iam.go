package snapshot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"
)

// A Wildcard is a resource with a star that a statement may name, and why it must.
type Wildcard struct {
	Action   string // e.g. "execute-api:ManageConnections"
	Resource string // how the resource ends once its intrinsics are flattened, e.g. "/POST/@connections/*"
	Reason   string
}

// wildcards lists every wildcard that any policy of Hermes holds. A statement that is not covered fails the test.
func wildcards() []Wildcard {
	const connections = "a connection's id is made when it connects; AWS has no resource between the method and all of them"
	const objects = "an object's key is made when its message is scheduled; AWS has no resource between the prefix and all of them"
	const network = "Lambda attaches functions to a VPC by network interfaces that do not exist yet, and Describe has no resource level"
	return []Wildcard{
		{"execute-api:ManageConnections", "/POST/@connections/*", connections},
		{"execute-api:ManageConnections", "/GET/@connections/*", connections},
		{"execute-api:ManageConnections", "/DELETE/@connections/*", connections},
		{"s3:PutObject", "/*", objects},
		{"s3:PutObjectTagging", "/*", objects},
		{"s3:GetObject", "/*", objects},
		{"s3:DeleteObject", "/*", objects},
		{"ec2:AssignPrivateIpAddresses", "*", network},
		{"ec2:CreateNetworkInterface", "*", network},
		{"ec2:DeleteNetworkInterface", "*", network},
		{"ec2:DescribeNetworkInterfaces", "*", network},
		{"ec2:DescribeSubnets", "*", network},
		{"ec2:UnassignPrivateIpAddresses", "*", network},
		{"xray:PutTraceSegments", "*", "X-Ray has no resource level"},
		{"xray:PutTelemetryRecords", "*", "X-Ray has no resource level"},
		{"ses:GetAccount", "*", "the rate at which SES takes mails is the account's; the action has no resource level"},
		{"logs:CreateLogStream", ":*", "a log stream's name is made by Lambda; the log group is the function's own"},
		{"logs:PutLogEvents", ":*", "a log stream's name is made by Lambda; the log group is the function's own"},
	}
}

// Statements counts the Allow statements of a template and the wildcards they hold.
type Statements struct{ Allow, Wildcards int }

// LeastPrivilege walks every policy statement of the template and fails on a wildcard in an action or a resource of an
// Allow that wildcards does not list. It returns what it counted, so that a test can see that it counted something.
func LeastPrivilege(t *testing.T, template map[string]any) Statements {
	t.Helper()
	var counted Statements
	resources, _ := template["Resources"].(map[string]any)
	for _, id := range sortedKeys(resources) {
		for _, statement := range statements(resources[id]) {
			if statement["Effect"] != "Allow" {
				continue // a Deny may be as broad as it likes
			}
			counted.Allow++
			if emptiesBucket(statement) {
				continue
			}
			if resource, _ := resources[id].(map[string]any); resource["Type"] == "AWS::KMS::Key" {
				if delegates(statement) {
					continue
				}
				statement = maps.Clone(statement)
				delete(statement, "Resource") // "*" is the key itself
			}
			counted.Wildcards += check(t, resources, id, statement)
		}
	}
	return counted
}

// emptiesBucket recognizes the statement with which CDK's own custom resource deletes the objects of a bucket that goes with
// its stack (autoDeleteObjects). CDK writes its stars; it is in the policy of that bucket.
func emptiesBucket(statement map[string]any) bool {
	return slices.Equal(slices.Sorted(slices.Values(flatten(statement["Action"]))),
		[]string{"s3:DeleteObject*", "s3:GetBucket*", "s3:List*", "s3:PutBucketPolicy"})
}

// delegates recognizes the statements of a key's policy with which CDK lets the account's own policies decide.
func delegates(statement map[string]any) bool {
	principal, _ := statement["Principal"].(map[string]any)
	accounts := flatten(principal["AWS"])
	return len(accounts) == 1 && strings.HasSuffix(accounts[0], ":root")
}

// check fails on what is not listed and counts what is.
func check(t *testing.T, resources map[string]any, id string, statement map[string]any) int {
	t.Helper()
	actions := flatten(statement["Action"])
	for _, key := range []string{"NotAction", "NotResource", "NotPrincipal"} {
		if statement[key] != nil {
			t.Errorf("%s: an Allow with %s allows whatever it does not name", id, key)
		}
	}
	for _, action := range actions {
		if strings.Contains(action, "*") {
			t.Errorf("%s: wildcard action %s", id, action)
		}
	}
	found := 0
	for _, resource := range flatten(statement["Resource"]) {
		resource = withStreams(resources, resource)
		if !strings.Contains(resource, "*") {
			continue
		}
		found++
		for _, action := range actions {
			listed := slices.ContainsFunc(wildcards(), func(w Wildcard) bool {
				return w.Action == action && strings.HasSuffix(resource, w.Resource) && strings.Count(resource, "*") == 1
			})
			if !listed {
				t.Errorf("%s: %s on the wildcard resource %s, which the list does not hold", id, action, resource)
			}
		}
	}
	return found
}

// withStreams shows the star that a log group's ARN hides: Fn::GetAtt gives it with ":*" at its end.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
func withStreams(resources map[string]any, resource string) string {
	for id, value := range resources {
		group, _ := value.(map[string]any)
		if group["Type"] == "AWS::Logs::LogGroup" && resource == `<{"Fn::GetAtt":["`+id+`","Arn"]}>` {
			return resource + ":*"
		}
	}
	return resource
}

// statements finds the statements anywhere below a value: in policies, in roles, in queue and topic policies.
func statements(value any) []map[string]any {
	var found []map[string]any
	switch v := value.(type) {
	case map[string]any:
		if list, ok := v["Statement"].([]any); ok {
			for _, s := range list {
				if m, ok := s.(map[string]any); ok {
					found = append(found, m)
				}
			}
			return found
		}
		for _, key := range sortedKeys(v) {
			found = append(found, statements(v[key])...)
		}
	case []any:
		for _, item := range v {
			found = append(found, statements(item)...)
		}
	}
	return found
}

// flatten turns a string, a list, or intrinsics into strings; what is known only to CloudFormation becomes <...>.
func flatten(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, flatten(item)...)
		}
		return all
	case map[string]any:
		if join, ok := v["Fn::Join"].([]any); ok && len(join) == 2 {
			return []string{strings.Join(flatten(join[1]), fmt.Sprint(join[0]))}
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return []string{fmt.Sprint(value)}
	}
	return []string{"<" + string(text) + ">"}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
