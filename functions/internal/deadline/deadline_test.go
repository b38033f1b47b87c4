package deadline_test

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
)

func TestWithReserve(t *testing.T) {
	t.Parallel()
	t.Run("ends a second before its parent", func(t *testing.T) {
		t.Parallel()
		end := time.Now().Add(time.Hour)
		parent, cancelParent := context.WithDeadline(context.Background(), end)
		defer cancelParent()
		ctx, cancel := deadline.WithReserve(parent)
		defer cancel()
		if got, ok := ctx.Deadline(); !ok || !got.Equal(end.Add(-time.Second)) {
			t.Errorf("got %v, %v", got, ok)
		}
	})
	t.Run("has no deadline where its parent has none", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := deadline.WithReserve(context.Background())
		defer cancel()
		if _, ok := ctx.Deadline(); ok {
			t.Error("a deadline appeared")
		}
	})
}
