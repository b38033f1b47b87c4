package hubtest_test

import (
	"testing"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

func TestTablesInMemory(t *testing.T) {
	t.Parallel()
	clock := clock.NewFake()
	tokens := &hubtest.Tokens{}
	hubtest.TestTables(t, hubtest.Tables{
		Connections: &hubtest.Connections{},
		Rooms:       &hubtest.Rooms{},
		Messages:    &hubtest.Messages{TTL: hubtest.HistoryTTL, Now: clock.Now},
		Tokens:      tokens,
		PutToken:    tokens.Put,
		Clock:       clock,
	})
}
