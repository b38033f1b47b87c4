package notificationhub_test

import (
	"testing"

	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestThePageListsWhatAHubMakes(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	snapshot.Page(t, root+"/docs/constructs/notificationhub.md", hub, stack)
}
