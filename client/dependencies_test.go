package client

import (
	"os/exec"
	"strings"
	"testing"
)

// A backend must not compile the CDK, nor the constructs, to mint a token.
func TestPackageIsFreeOfTheCDK(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 50 {
		t.Fatalf("go list named %d packages", len(packages))
	}
	for _, p := range packages {
		for _, banned := range []string{"aws-cdk-go", "jsii-runtime-go", "constructs-go", "cdk-nag", "hermes/constructs", "hermes/infra"} {
			if strings.Contains(p, banned) {
				t.Errorf("the package depends on %s", p)
			}
		}
	}
}
