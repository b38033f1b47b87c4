package scheduletest_test

import (
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/schedule/scheduletest"
)

func TestStoresInMemory(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC) }
	scheduletest.TestMessages(t, &scheduletest.Messages{}, 1)
	scheduletest.TestDeliveries(t, &scheduletest.Deliveries{Now: now})
	scheduletest.TestPeople(t, &scheduletest.People{PageSize: 4})
}
