package eventsource

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// chained is a function that records the lineage of its invocations.
type chained struct{ chains []lineage.Lineage }

func (c *chained) Invoke(ctx context.Context, _ string, _ []byte) ([]byte, string, error) {
	c.chains = append(c.chains, lineage.FromContext(ctx))
	return nil, "", nil
}

func TestTheLineageOfMessagesIsPassedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, f := newFakeQueue(time.Minute, 0), &chained{}
		once := lineage.Lineage("").Add("work")
		for _, chain := range []lineage.Lineage{once, once.Add("work"), ""} {
			q.send("m", 0, nil)
			q.messages[len(q.messages)-1].Attributes[lineage.Attribute] = "Root=1-5759e988-bd862e3fe1be46a994272793;" + chain.String()
		}
		start(t, q, f, Mapping{})
		eventually(t, "they are deleted", func() bool { return q.left() == 0 })
		if len(f.chains) != 1 || f.chains[0].Count("work") != 2 {
			t.Errorf("lineages %v, want that of the message that was here most often", f.chains)
		}
	})
}
