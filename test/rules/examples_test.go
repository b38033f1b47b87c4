package rules

import (
	"os/exec"
	"testing"
)

// The examples are modules of their own, which ./... does not reach. Their go.mod must follow this module's.
func TestExamplesCompile(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("go", "vet", "-C", "../../examples/order-board", "-mod=readonly", "./...").CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}
