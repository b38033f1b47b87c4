package messagescheduler_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestSnapshots(t *testing.T) {
	for name, build := range map[string]func(*testing.T) (awscdk.App, awscdk.Stack){
		"minimal": minimal, "everything": everything, "encrypted": encrypted,
	} {
		t.Run("a scheduler with "+name, func(t *testing.T) {
			app, stack := build(t)
			snapshot.Check(t, name, app, stack)
		})
	}
}

// After the snapshots, whose resources the page counts.
func TestThePageListsWhatASchedulerMakes(t *testing.T) {
	stack, scheduler := newScheduler(t, messagescheduler.MessageSchedulerProps{})
	snapshot.Page(t, root+"/docs/constructs/messagescheduler.md", scheduler, stack)
}
