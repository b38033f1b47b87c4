package messagescheduler_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestSnapshots(t *testing.T) {
	for name, build := range map[string]func(*testing.T) (awscdk.App, awscdk.Stack){
		"minimal": minimal, "everything": everything,
	} {
		t.Run("a scheduler with "+name+" is the golden one", func(t *testing.T) {
			_, stack := build(t)
			snapshot.Golden(t, name, snapshot.Template(stack))
		})
		t.Run("cdk-nag finds nothing in a scheduler with "+name, func(t *testing.T) {
			app, stack := build(t)
			snapshot.Nag(t, app, stack)
		})
		t.Run("no policy of a scheduler with "+name+" is broader than listed", func(t *testing.T) {
			_, stack := build(t)
			counted := snapshot.LeastPrivilege(t, snapshot.Template(stack))
			if counted.Allow < 30 {
				t.Errorf("only %d statements were found", counted.Allow)
			}
			t.Logf("%d statements, %d wildcards", counted.Allow, counted.Wildcards)
		})
	}
}
