package deploy

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// ignored are the rules of cfn-lint that do not apply, by id.
//
//	W3005: a DependsOn that a Ref implies. CDK writes them.
//	W2001, W8001: a parameter or condition that nothing uses. CDK writes BootstrapVersion.
//	W3045: the access control of a bucket. Ownership is enforced, so that there is none.
var ignored = []string{"W3005", "W2001", "W8001", "W3045"}

// TestTemplatesPassTheSchemas needs cfn-lint (pip install cfn-lint), which brings CloudFormation's schemas.
func TestTemplatesPassTheSchemas(t *testing.T) {
	if _, err := exec.LookPath("cfn-lint"); err != nil {
		t.Skip("cfn-lint is not installed: pip install cfn-lint")
	}
	arguments := []string{"--regions", "eu-west-1", "--ignore-checks"}
	arguments = append(arguments, ignored...)
	arguments = append(arguments, "--")
	for _, stage := range stages {
		arguments = append(arguments, golden(stage))
	}
	everything, err := filepath.Glob("constructs/*/testdata/everything.golden.json") // with mail, a domain and all other props
	if err != nil || len(everything) == 0 {
		t.Fatalf("found no templates of the constructs: %v", err)
	}
	arguments = append(arguments, everything...)
	if out, err := exec.CommandContext(t.Context(), "cfn-lint", arguments...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
