package mail_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/mail"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
)

type recorder struct {
	in  *sesv2.SendEmailInput
	err error
}

func (r *recorder) SendEmail(_ context.Context, in *sesv2.SendEmailInput, _ ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	r.in = in
	return &sesv2.SendEmailOutput{}, r.err
}

func TestSend(t *testing.T) {
	t.Parallel()
	m := contract.Mail{Subject: "S", Text: "T", HTML: "<p>H</p>"}
	t.Run("sends text and HTML to one address", func(t *testing.T) {
		t.Parallel()
		r := &recorder{}
		err := mail.Sender{Client: r, From: "Hermes <a@x.example>", ConfigurationSet: "set"}.Send(t.Context(), "m", "r", contract.Recipient{Name: "Ärger, Ada", Email: "ada@x.example"}, m)
		if err != nil {
			t.Fatal(err)
		}
		if to := r.in.Destination.ToAddresses; len(to) != 1 || to[0] != "=?utf-8?b?w4RyZ2VyLCBBZGE=?= <ada@x.example>" {
			t.Errorf("to %q", to)
		}
		if s := r.in.Content.Simple; *s.Subject.Data != "S" || *s.Body.Text.Data != "T" || *s.Body.Html.Data != "<p>H</p>" || *s.Body.Html.Charset != "UTF-8" || *r.in.FromEmailAddress != "Hermes <a@x.example>" {
			t.Errorf("got %+v", s)
		}
		if tags := r.in.EmailTags; *r.in.ConfigurationSetName != "set" || len(tags) != 2 || *tags[0].Value != "m" || *tags[1].Value != "r" {
			t.Errorf("got configuration set %v and tags %+v", r.in.ConfigurationSetName, tags)
		}
	})
	t.Run("errors hold no address", func(t *testing.T) {
		t.Parallel()
		why := errors.New("Email address is not verified: ops@example.com, <b.c@x.example>")
		err := mail.Sender{Client: &recorder{err: why}}.Send(t.Context(), "m", "r", contract.Recipient{Email: "ops@example.com"}, m)
		if !errors.Is(err, why) || errors.Is(err, subscriber.ErrNotSetUp) || err.Error() != "mail: send: no answer of the mail service: Email address is not verified: ***, <***>" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a recipient that is not verified is no fault of the mail", func(t *testing.T) {
		t.Parallel()
		why := &smithy.GenericAPIError{Code: "MessageRejected", Message: "Email address is not verified: ops@example.com"}
		err := mail.Sender{Client: &recorder{err: why}}.Send(t.Context(), "m", "r", contract.Recipient{Email: "ops@example.com"}, m)
		if !errors.Is(err, subscriber.ErrNotSetUp) || err.Error() != "mail: send: mail service not set up: api error MessageRejected: Email address is not verified: ***" {
			t.Errorf("got %v", err)
		}
	})
	for name, c := range map[string]struct {
		handler    http.HandlerFunc
		unanswered bool
	}{
		"an error of SES says that it sent nothing": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, false},
		"a lost answer leaves it open":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
	} {
		t.Run(name+", and is not tried again", func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { calls.Add(1); c.handler(w, r) }))
			defer server.Close()
			client := sesv2.New(sesv2.Options{
				Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
			})
			err := mail.Sender{Client: client}.Send(t.Context(), "m", "r", contract.Recipient{Email: "ops@example.com"}, m)
			if err == nil || errors.Is(err, subscriber.ErrUnanswered) != c.unanswered || calls.Load() != 1 {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
		})
	}
}
