package queue_test

import (
	"testing"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

func TestGroup(t *testing.T) {
	t.Parallel()
	if a, b := queue.Group("room a"), queue.Group("room b"); a == b || len(a) != 32 {
		t.Errorf("got %q and %q", a, b)
	}
}
