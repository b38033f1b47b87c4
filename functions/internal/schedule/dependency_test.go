package schedule_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDomainKnowsNoSDK holds the domain packages to the dependency rule: AWS is reached through adapters only.
func TestDomainKnowsNoSDK(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "list", "-deps", "./...", "../calendar", "../subscribers", "../bearer", "../metrics").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(dep, "github.com/aws/") {
			t.Errorf("the domain depends on %s", dep)
		}
	}
}
