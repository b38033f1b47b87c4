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
