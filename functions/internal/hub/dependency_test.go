package hub_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const module = "github.com/hermes-cdk/hermes/"

// TestDomainKnowsNoSDK holds the domain packages to the dependency rule: AWS is reached through adapters only.
func TestDomainKnowsNoSDK(t *testing.T) {
	t.Parallel()
	for _, dep := range dependencies(t, module+"functions/internal/hub/...", module+"functions/internal/token") {
		if strings.HasPrefix(dep, "github.com/aws/") {
			t.Errorf("the domain depends on %s", dep)
		}
	}
}

// TestFunctionsKnowNoCDK keeps the CDK out of every function: it would be compiled into each.
func TestFunctionsKnowNoCDK(t *testing.T) {
	t.Parallel()
	for _, dep := range dependencies(t, module+"functions/notificationhub/...", module+"functions/internal/...") {
		for _, banned := range []string{"github.com/aws/aws-cdk-go", "github.com/aws/jsii-runtime-go", "github.com/aws/constructs-go", module + "constructs"} {
			if strings.HasPrefix(dep, banned) {
				t.Errorf("a function depends on %s", dep)
			}
		}
	}
}

func dependencies(t *testing.T, patterns ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", append([]string{"list", "-deps"}, patterns...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}
