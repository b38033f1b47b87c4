package schedulertest_test

import (
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
)

func TestStoresInMemory(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC) }
	schedulertest.TestMessages(t, &schedulertest.Messages{}, 1)
	schedulertest.TestDeliveries(t, &schedulertest.Deliveries{Now: now})
	schedulertest.TestSubscribers(t, &schedulertest.Subscribers{PageSize: 4})
}
