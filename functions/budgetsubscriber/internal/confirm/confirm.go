// Package confirm confirms subscriptions through the SNS API.
package confirm

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// API is what Confirmer needs of *sns.Client.
type API interface {
	ConfirmSubscription(context.Context, *sns.ConfirmSubscriptionInput, ...func(*sns.Options)) (*sns.ConfirmSubscriptionOutput, error)
}

var _ API = (*sns.Client)(nil)

// A Confirmer confirms subscriptions.
type Confirmer struct {
	Client API
	// AuthenticateOnUnsubscribe lets only signed requests of the topic's owner end the subscription, and nobody who has
	// come by an UnsubscribeURL. https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
	AuthenticateOnUnsubscribe bool
}

// Confirm confirms the token's subscription. Confirming it again is not an error.
func (c Confirmer) Confirm(ctx context.Context, topicARN, token string) error {
	in := &sns.ConfirmSubscriptionInput{TopicArn: &topicARN, Token: &token}
	if c.AuthenticateOnUnsubscribe {
		yes := "true"
		in.AuthenticateOnUnsubscribe = &yes
	}
	if _, err := c.Client.ConfirmSubscription(ctx, in); err != nil {
		return fmt.Errorf("confirm: confirm subscription to %s: %w", topicARN, err)
	}
	return nil
}
