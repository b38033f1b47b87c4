package budgetsubscriber_test

import (
	"testing"

	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestThePageListsWhatASubscriberMakes(t *testing.T) {
	_, stack := newStack(t)
	snapshot.Page(t, root+"/docs/constructs/budgetsubscriber.md", subscriber(stack, simple()), stack)
}
