package confirm_test

import (
	"context"
	"errors"
	"testing"

	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/confirm"
)

type recorder struct {
	in  *awssns.ConfirmSubscriptionInput
	err error
}

func (r *recorder) ConfirmSubscription(_ context.Context, in *awssns.ConfirmSubscriptionInput, _ ...func(*awssns.Options)) (*awssns.ConfirmSubscriptionOutput, error) {
	r.in = in
	return &awssns.ConfirmSubscriptionOutput{}, r.err
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:eu-west-1:123456789012:alerts"
	t.Run("names topic and token", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		if err := (confirm.Confirmer{Client: r}).Confirm(t.Context(), topic, "t"); err != nil || *r.in.TopicArn != topic || *r.in.Token != "t" || r.in.AuthenticateOnUnsubscribe != nil {
			t.Errorf("got %+v, %v", r.in, err)
		}
	})
	t.Run("asks for signed requests to unsubscribe if configured", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		if err := (confirm.Confirmer{Client: r, AuthenticateOnUnsubscribe: true}).Confirm(t.Context(), topic, "t"); err != nil || *r.in.AuthenticateOnUnsubscribe != "true" {
			t.Errorf("got %+v, %v", r.in, err)
		}
	})
	t.Run("passes a failure on", func(t *testing.T) {
		t.Parallel()
		down := errors.New("service is down")
		err := confirm.Confirmer{Client: &recorder{err: down}}.Confirm(t.Context(), topic, "secret-token")
		if !errors.Is(err, down) || err.Error() != "confirm: confirm subscription to "+topic+": service is down" {
			t.Errorf("got %v", err)
		}
	})
}
