// Package rules asserts the dependency rule of the module:
//
//	infra -> constructs -> {root package, functions/*/contract}
//	functions/*/<fn> -> adapters -> domain
package rules

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hermes-cdk/hermes"

// cdk are the modules that must reach neither a Lambda function nor an application.
var cdk = []string{"github.com/aws/aws-cdk-go", "github.com/aws/constructs-go", "github.com/aws/jsii-runtime-go", module + "/constructs"}

func TestDependencies(t *testing.T) {
	t.Parallel()
	sdk := []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/aws-lambda-go"}
	for _, rule := range []struct {
		name      string
		packages  []string
		forbidden []string
	}{
		{"nothing under functions imports CDK", []string{"./functions/..."}, cdk},
		{"the client imports no CDK", []string{"./client/..."}, cdk},
		{"the token command imports no CDK", []string{"./infra/token"}, cdk},
		{"the local stage imports no CDK and nothing of Hermes", []string{"./infra/local/..."}, append([]string{
			module + "/functions", module + "/client",
		}, cdk...)},
		{"the constructs leave out the CDK's collections of targets, which bring a dozen other services", []string{"./constructs/..."}, []string{
			"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets", "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets",
		}},
		{"domain packages import no SDK", domain(), sdk},
		{"contracts are standard library only", []string{"./functions/notificationhub/contract", "./functions/budgetsubscriber/contract", "./functions/messagescheduler/contract"}, []string{"github.com/", "golang.org/"}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			for _, dependency := range dependencies(t, rule.packages) {
				for _, forbidden := range rule.forbidden {
					if strings.HasPrefix(dependency, forbidden) && !within(rule.packages, dependency) {
						t.Errorf("%s depends on %s", strings.Join(rule.packages, " "), dependency)
					}
				}
			}
		})
	}
}

// domain lists the packages that hold rules and no technology.
func domain() []string {
	return slices.Concat(
		below("./functions/internal/", "token", "queue", "clock", "deadline", "metrics", "plainjson"),
		below("./functions/budgetsubscriber/internal/", "alert", "subscriber"),
		below("./functions/notificationhub/internal/", "hub", "admission", "broadcast", "deliver", "directory", "fanout", "frame", "roomlog", "session"),
		below("./functions/messagescheduler/internal/", "schedule", "calendar", "dispatch", "expand", "delivery", "subscribers", "bearer"),
		[]string{"./functions/snsverify"},
	)
}

func below(folder string, names ...string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = folder + name
	}
	return paths
}

// within says whether the dependency is one of the packages themselves.
func within(packages []string, dependency string) bool {
	for _, p := range packages {
		path := module + strings.TrimSuffix(strings.TrimPrefix(p, "."), "/...")
		if dependency == path || strings.HasSuffix(p, "/...") && strings.HasPrefix(dependency, path+"/") {
			return true
		}
	}
	return false
}

// dependencies lists what the packages are built from, without tests, and fails when it lists nothing.
func dependencies(t *testing.T, packages []string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps"}, packages...)...)
	command.Dir = "../.."
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, stderr.String())
	}
	found := strings.Fields(string(out))
	if len(found) < len(packages) {
		t.Fatalf("%s listed %d packages", command, len(found))
	}
	return found
}
