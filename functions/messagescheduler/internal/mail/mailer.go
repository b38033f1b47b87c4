// Package mail sends e-mail with version 2 of SES's API, one recipient per call: one malformed address would fail a
// call for all its recipients.
package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/internal/seserror"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
)

// API is what Mailer needs of *sesv2.Client.
type API interface {
	SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
}

var (
	_ API             = (*sesv2.Client)(nil)
	_ delivery.Mailer = Mailer{}
)

// Names of the message tags that match events with deliveries.
const (
	TagDelivery   = "hermes_delivery"
	TagSubscriber = "hermes_subscriber"
)

// A Mailer sends from one identity.
type Mailer struct {
	Client           API
	Sender           string // From
	ConfigurationSet string // "" for none
}

const utf8 = "UTF-8"

// Send sends a mail, once: the SDK's own retries are off, because a call whose answer is lost may have sent the mail.
func (s Mailer) Send(ctx context.Context, m delivery.Mail) (string, error) {
	in := &sesv2.SendEmailInput{
		FromEmailAddress: &s.Sender,
		Destination:      &types.Destination{ToAddresses: []string{m.To}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &m.Subject, Charset: aws.String(utf8)},
			Body:    bodyOf(m),
			Headers: unsubscribeHeaders(m.UnsubscribeURL),
		}},
	}
	if s.ConfigurationSet != "" {
		in.ConfigurationSetName = &s.ConfigurationSet
	}
	if m.ID.Subscriber != "" {
		in.EmailTags = []types.MessageTag{
			{Name: aws.String(TagDelivery), Value: aws.String(m.ID.Tag())}, {Name: aws.String(TagSubscriber), Value: &m.ID.Subscriber},
		}
	}
	out, err := s.Client.SendEmail(ctx, in, func(o *sesv2.Options) { o.RetryMaxAttempts = 1 })
	if err != nil {
		return "", fmt.Errorf("mail: send: %w", classify(err))
	}
	return aws.ToString(out.MessageId), nil
}

func bodyOf(m delivery.Mail) *types.Body {
	body := &types.Body{}
	if m.Text != "" {
		body.Text = &types.Content{Data: &m.Text, Charset: aws.String(utf8)}
	}
	if m.HTML != "" {
		body.Html = &types.Content{Data: &m.HTML, Charset: aws.String(utf8)}
	}
	return body
}

// unsubscribeHeaders let mail clients offer a button that unsubscribes with one click.
// https://www.rfc-editor.org/rfc/rfc8058
func unsubscribeHeaders(link string) []types.MessageHeader {
	if link == "" {
		return nil
	}
	return []types.MessageHeader{
		{Name: aws.String("List-Unsubscribe"), Value: aws.String("<" + link + ">")},
		{Name: aws.String("List-Unsubscribe-Post"), Value: aws.String("List-Unsubscribe=One-Click")},
	}
}

// classify maps a failure to a sentinel of package delivery. SES did not accept the mail if it answered with an error;
// without an answer it may have.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
func classify(err error) error {
	var answer smithy.APIError
	if !seserror.Answered(err) || !errors.As(err, &answer) {
		return fmt.Errorf("%w: %w", delivery.ErrUnanswered, err)
	}
	return fmt.Errorf("%w: %w", kindOf(answer), err)
}

func kindOf(err smithy.APIError) error {
	switch code := err.ErrorCode(); {
	case code == "TooManyRequestsException", code == "LimitExceededException", code == "ThrottlingException", code == "Throttling":
		return delivery.ErrThrottled
	case seserror.NotSetUp(err):
		return delivery.ErrNotSetUp
	case code == "MessageRejected", code == "BadRequestException":
		return delivery.ErrRefused
	default: // SES is ill
		return delivery.ErrUnavailable
	}
}
