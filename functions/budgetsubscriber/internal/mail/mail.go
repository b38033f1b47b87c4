// Package mail sends alerts through Amazon SES.
package mail

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/seserror"
)

// API is what Sender needs of *sesv2.Client.
type API interface {
	SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
}

var _ API = (*sesv2.Client)(nil)

// A Sender sends from one address.
type Sender struct {
	Client           API
	From             string // an address, or a name with one: Hermes <alerts@example.com>
	ConfigurationSet string // "" for none
}

// Send sends a mail to one recipient, never to several: one address that SES rejects would reject them all. It calls SES
// once; an error that wraps subscriber.ErrUnanswered leaves open whether the mail was sent.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
func (s Sender) Send(ctx context.Context, messageID, receiver string, to contract.Recipient, m contract.Mail) error {
	address := mail.Address{Name: to.Name, Address: to.Email}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: &s.From,
		Destination:      &types.Destination{ToAddresses: []string{address.String()}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: utf8Content(m.Subject),
			Body:    &types.Body{Text: utf8Content(m.Text), Html: utf8Content(m.HTML)},
		}},
	}
	if s.ConfigurationSet != "" {
		in.ConfigurationSetName = &s.ConfigurationSet
		in.EmailTags = []types.MessageTag{
			{Name: aws.String(contract.TagMessageID), Value: &messageID}, {Name: aws.String(contract.TagReceiver), Value: &receiver},
		}
	}
	_, err := s.Client.SendEmail(ctx, in, func(o *sesv2.Options) { o.RetryMaxAttempts = 1 })
	switch {
	case err == nil:
		return nil
	case !seserror.Answered(err):
		return fmt.Errorf("mail: send: %w: %w", subscriber.ErrUnanswered, masked{err})
	case seserror.NotSetUp(err):
		return fmt.Errorf("mail: send: %w: %w", subscriber.ErrNotSetUp, masked{err})
	default:
		return fmt.Errorf("mail: send: %w", masked{err})
	}
}

func utf8Content(data string) *types.Content {
	return &types.Content{Data: aws.String(data), Charset: aws.String("UTF-8")}
}

// masked hides the addresses that SES quotes in its errors: errors are logged, and logs contain no addresses.
type masked struct{ error }

var address = regexp.MustCompile(`[^\s<>"',:;()]+@[^\s<>"',:;()]+`)

func (m masked) Error() string { return address.ReplaceAllString(m.error.Error(), "***") }
func (m masked) Unwrap() error { return m.error }
