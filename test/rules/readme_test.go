package rules

import (
	"os"
	"strings"
	"testing"
)

// The README shows how to import a construct; the construct's example compiles. What stands in the one stands in the other.
func TestTheReadmeShowsTheExampleThatCompiles(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../constructs/notificationhub/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "func main() {\n")
	body, _, closed := strings.Cut(rest, "\n}\n")
	if !found || !closed || !strings.Contains(body, "NewNotificationHub") {
		t.Fatal("README.md has no program that makes a hub")
	}
	if !strings.Contains(string(example), body) {
		t.Errorf("example_test.go does not hold these lines of the README:\n%s", body)
	}
}

// The guide shows a unit test of a stack; the hub's tests hold it, so that it runs.
func TestTheGuideShowsATestThatRuns(t *testing.T) {
	t.Parallel()
	real, err := os.ReadFile("../../constructs/notificationhub/testing_test.go")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(guide), "func TestTheShopKeepsItsTables(")
	body, _, closed := strings.Cut(rest, "\n}\n")
	if !found || !closed {
		t.Fatal("docs/testing.md has no test of a stack")
	}
	if !strings.Contains(string(real), body) {
		t.Errorf("testing_test.go does not hold these lines of the guide:\n%s", body)
	}
}
