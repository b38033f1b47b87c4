package lambda

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// hop invokes "work" as the last one of a chain and returns the chain that it passes on.
func hop(t *testing.T, s *setup, chain lineage.Lineage) (lineage.Lineage, error) {
	t.Helper()
	r, err := s.Invoke(lineage.NewContext(t.Context(), chain), "work", []byte(`{"Do":"context"}`))
	if err != nil {
		return "", err
	}
	var got struct{ Trace string }
	if err := json.Unmarshal(r.Payload, &got); err != nil {
		t.Fatal(err)
	}
	return lineage.Of(got.Trace), nil
}

func TestARecursiveLoopIsStopped(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	chain, hops := lineage.Lineage(""), 0
	for {
		next, err := hop(t, s, chain)
		if err != nil {
			if !errors.Is(err, ErrRecursive) || err.Error() != "lambda: invoke work: recursive loop detected" {
				t.Errorf("error %v", err)
			}
			break
		}
		if hops++; next.Count("work") != hops {
			t.Fatalf("hop %d passes on %q", hops, next)
		}
		chain = next
	}
	if hops != 16 {
		t.Errorf("%d hops, want 16", hops)
	}
	if _, err := hop(t, s, ""); err != nil {
		t.Errorf("a new chain: %v", err)
	}
	t.Run("an asynchronous event is discarded", func(t *testing.T) {
		if _, condition := s.afterFailure(Function{}, &event{}, ErrRecursive); condition != "RecursiveInvocation" {
			t.Errorf("condition %q", condition)
		}
	})
}

func TestARecursiveLoopThatIsAllowedGoesOn(t *testing.T) {
	t.Parallel()
	s := newSetup(t, func(_ *Config, f *Function) { f.AllowRecursion = true })
	chain := lineage.Lineage("")
	for range 100 {
		chain = chain.Add("work")
	}
	next, err := hop(t, s, chain)
	if err != nil || next.Count("work") != 101 {
		t.Errorf("lineage %q, error %v", next, err)
	}
}
