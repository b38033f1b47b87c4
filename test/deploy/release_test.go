package deploy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stateful are the types whose resources hold what cannot be made again, or whose names others know.
var stateful = []string{
	"AWS::ApiGatewayV2::Api", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret",
	"AWS::SES::EmailIdentity", "AWS::SNS::Topic", "AWS::SQS::Queue",
}

// A change is what a deployment would do to a resource.
type change struct{ ID, Type, Impact string }

// loses reports whether a change takes a stateful resource away or puts a new one in its place.
func (c change) loses() bool {
	return slices.Contains(stateful, c.Type) &&
		slices.Contains([]string{"WILL_REPLACE", "MAY_REPLACE", "WILL_DESTROY", "WILL_ORPHAN"}, c.Impact)
}

// losses lists the stateful resources that would be lost if the template after were deployed over before.
func losses(t *testing.T, before, after string) []change {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", "@aws-cdk", "cloudformation-diff")); err != nil {
		t.Skip("the npm packages are not installed: make node_modules")
	}
	command := exec.CommandContext(t.Context(), "node", "test/deploy/diff.mjs", before, after)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	var all []change
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return slices.DeleteFunc(all, func(c change) bool { return !c.loses() })
}

func TestALostTableIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		after string
		want  []change
	}{
		"the same":       {"before.json", nil},
		"a renamed one":  {"renamed.json", []change{{"Table", "AWS::DynamoDB::GlobalTable", "WILL_ORPHAN"}}},
		"another key":    {"replaced.json", []change{{"Table", "AWS::DynamoDB::GlobalTable", "WILL_REPLACE"}}},
		"a longer delay": {"updated.json", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := losses(t, "test/deploy/testdata/before.json", filepath.Join("test/deploy/testdata", test.after))
			if !slices.Equal(got, test.want) {
				t.Errorf("losses %v, want %v", got, test.want)
			}
		})
	}
}

// TestNoReleaseLosesState compares each stage with the last release. What is lost on purpose stands in the changelog by its
// logical id, with what to do about the data.
func TestNoReleaseLosesState(t *testing.T) {
	tag, err := exec.CommandContext(t.Context(), "git", "describe", "--tags", "--abbrev=0", "--match", "v*").Output()
	if err != nil {
		t.Skip("there is no release to compare with: git has no tag v*")
	}
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	release := strings.TrimSpace(string(tag))
	for _, stage := range stages {
		template, err := exec.CommandContext(t.Context(), "git", "show", release+":"+golden(stage)).Output()
		if err != nil {
			t.Fatalf("template of stage %s in %s: %v", stage, release, err)
		}
		before := filepath.Join(t.TempDir(), stage+".json")
		if err := os.WriteFile(before, template, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, c := range losses(t, before, golden(stage)) {
			if !strings.Contains(string(changelog), c.ID) {
				t.Errorf("stage %s: %s %s is %s since %s, which CHANGELOG.md does not mention", stage, c.Type, c.ID, c.Impact, release)
			}
		}
	}
}
