package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/mail"
)

// clientOf is the SDK's client of an endpoint.
func clientOf(t *testing.T, handler http.HandlerFunc) *sesv2.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return sesv2.New(sesv2.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func TestSendMakesOneRequestWithTheHeadersOfRFC8058(t *testing.T) {
	t.Parallel()
	var got struct {
		FromEmailAddress, ConfigurationSetName string
		Destination                            struct{ ToAddresses []string }
		EmailTags                              []struct{ Name, Value string }
		Content                                struct {
			Simple struct {
				Subject struct{ Data string }
				Body    struct{ Text, Html *struct{ Data string } }
				Headers []struct{ Name, Value string }
			}
		}
	}
	mailer := mail.Mailer{Sender: "Hermes <h@example.com>", ConfigurationSet: "set", Client: clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&got)
		_, _ = io.WriteString(w, `{"MessageId":"m-1"}`)
	})}
	id := delivery.ID{Group: "g:1", Key: "K", Due: 7, Subscriber: "ab"}
	sent, err := mailer.Send(t.Context(), delivery.Mail{ID: id, To: "ada@example.com", Subject: "s", HTML: "<p>", UnsubscribeURL: "https://api/u?x=1"})
	if err != nil || sent != "m-1" {
		t.Fatal(sent, err)
	}
	s := got.Content.Simple
	if got.FromEmailAddress != "Hermes <h@example.com>" || got.ConfigurationSetName != "set" || len(got.Destination.ToAddresses) != 1 || s.Body.Text != nil || s.Body.Html.Data != "<p>" {
		t.Errorf("got %+v", got)
	}
	if len(s.Headers) != 2 || s.Headers[0].Name != "List-Unsubscribe" || s.Headers[0].Value != "<https://api/u?x=1>" ||
		s.Headers[1].Name != "List-Unsubscribe-Post" || s.Headers[1].Value != "List-Unsubscribe=One-Click" {
		t.Errorf("got %+v", s.Headers)
	}
	if len(got.EmailTags) != 2 || got.EmailTags[1].Value != "ab" {
		t.Fatalf("got %+v", got.EmailTags)
	}
	if back, err := delivery.ParseTag(got.EmailTags[0].Value, got.EmailTags[1].Value); err != nil || back != id {
		t.Errorf("got %+v, %v", back, err)
	}
}

func TestFailuresShowWhetherTheMailWasAccepted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   string
		status int
		is     error
	}{
		{"TooManyRequestsException", 429, delivery.ErrThrottled},
		{"MessageRejected", 400, delivery.ErrRefused},
		{"BadRequestException", 400, delivery.ErrRefused},
		{"SendingPausedException", 400, delivery.ErrNotSetUp},
		{"InternalServiceErrorException", 500, delivery.ErrUnavailable},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			calls := 0
			mailer := mail.Mailer{Client: clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header().Set("X-Amzn-ErrorType", c.code)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, `{"message":"no"}`)
			})}
			if _, err := mailer.Send(t.Context(), delivery.Mail{To: "a@example.com"}); !errors.Is(err, c.is) || calls != 1 {
				t.Errorf("got %v after %d calls", err, calls)
			}
		})
	}
	t.Run("an answer that is lost leaves it open", func(t *testing.T) {
		t.Parallel()
		var calls atomic.Int32
		mailer := mail.Mailer{Client: clientOf(t, func(http.ResponseWriter, *http.Request) { calls.Add(1); panic(http.ErrAbortHandler) })}
		_, err := mailer.Send(t.Context(), delivery.Mail{To: "a@example.com"})
		if !errors.Is(err, delivery.ErrUnanswered) || calls.Load() != 1 || errors.Is(err, delivery.ErrUnavailable) || errors.Is(err, delivery.ErrThrottled) || errors.Is(err, delivery.ErrRefused) {
			t.Errorf("got %v after %d calls", err, calls.Load())
		}
	})
}

// quota answers GetAccount.
type quota struct {
	rate  float64
	err   error
	calls int
}

func (q *quota) GetAccount(context.Context, *sesv2.GetAccountInput, ...func(*sesv2.Options)) (*sesv2.GetAccountOutput, error) {
	q.calls++
	return &sesv2.GetAccountOutput{SendQuota: &types.SendQuota{MaxSendRate: q.rate}}, q.err
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		name      string
		quota     quota
		fixed     float64
		instances int
		throttles int // a second apart, the last one just now
		ago       time.Duration
		at, most  int // mails at once, and in 100 ms
	}{
		{"begins with the account's rate", quota{rate: 400}, 0, 10, 0, 0, 40, 40 + 40},
		{"keeps to its share of a fixed rate", quota{rate: 1}, 4000, 10, 1, 0, 40, 40 + 40},
		{"halves its rate when SES throttles", quota{rate: 400}, 0, 10, 1, 0, 1, 40 + 20},
		{"does not fall below its share", quota{rate: 400}, 0, 4, 9, 0, 1, 40 + 10},
		{"comes back after a while", quota{rate: 400}, 0, 10, 9, 20 * time.Second, 40, 40 + 40},
		{"takes the sandbox's rate when SES does not say", quota{err: errors.New("down")}, 0, 1, 0, 0, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := start
			l := &mail.Limiter{Client: &c.quota, Fixed: c.fixed, Instances: c.instances, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			sent := 0
			if c.throttles > 0 {
				if err := l.Wait(ctx); err != nil {
					t.Fatal(err)
				}
				sent++
			}
			for range c.throttles {
				now = now.Add(time.Second)
				l.Slow()
			}
			now = now.Add(c.ago)
			for l.Wait(ctx) == nil {
				sent++
			}
			if sent < c.at || sent > c.most+1 {
				t.Errorf("%d mails in 100 ms, not %d to %d", sent, c.at, c.most)
			}
			if (c.fixed > 0) != (c.quota.calls == 0) {
				t.Errorf("%d calls", c.quota.calls)
			}
		})
	}
}
