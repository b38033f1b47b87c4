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
		Rows:        &hubtest.Rows{Retention: hubtest.Retention},
		Tokens:      tokens,
		PutToken:    tokens.Put,
		Clock:       clock,
	})
}
