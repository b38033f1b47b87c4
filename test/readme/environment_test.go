package readme

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// The names of environment variables that the guides' programs read are those that grants set.
func TestTheProgramsReadWhatGrantsSet(t *testing.T) {
	t.Parallel()
	set := []string{
		contract.EnvTokensTable, contract.EnvSecretARN, contract.EnvQueueURL,
		messagescheduler.EnvSchedulerUrl, messagescheduler.EnvSchedulerSecretArn,
	}
	variable := regexp.MustCompile(`\bHERMES_[A-Z_]+`)
	for _, page := range []string{"docs/backends.md", "docs/scheduler.md"} {
		found := variable.FindAllString(read(t, filepath.FromSlash(page)), -1)
		if len(found) == 0 {
			t.Errorf("%s names no environment variable", page)
		}
		for _, name := range found {
			if !slices.Contains(set, name) {
				t.Errorf("%s names %s, which no grant sets: %q", page, name, set)
			}
		}
	}
}
