package ses

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
)

func open(t *testing.T, o Options) (*Outbox, *sesv2.Client, string) {
	t.Helper()
	box, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	box.Verify("example.com")
	box.Verify("One@other.org")
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	return box, sesv2.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}), server.URL
}

func simple(from string, to ...string) *sesv2.SendEmailInput {
	return &sesv2.SendEmailInput{
		FromEmailAddress: &from,
		Destination:      &types.Destination{ToAddresses: to},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: aws.String("Hello")},
			Body:    &types.Body{Text: &types.Content{Data: aws.String("text")}, Html: &types.Content{Data: aws.String("<b>text</b>")}},
			Headers: []types.MessageHeader{{Name: aws.String("X-A"), Value: aws.String("b")}},
		}},
	}
}

func TestASimpleMailIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mail", "outbox.jsonl")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	box, client, _ := open(t, Options{File: file, Now: func() time.Time { return at }})
	out, err := client.SendEmail(t.Context(), simple(`"Hermes" <no-reply@example.com>`, "a@b.org", "bounce+1@simulator.amazonses.com"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	for name, box := range map[string]*Outbox{"the outbox": box, "the outbox after a restart": again} {
		list := box.Messages("", "")
		if len(list) != 1 {
			t.Fatalf("%s holds %d mails, want 1", name, len(list))
		}
		m := list[0]
		if m.MessageID != *out.MessageId || m.From != `"Hermes" <no-reply@example.com>` || m.To[0] != "a@b.org" || m.Subject != "Hello" ||
			m.Text != "text" || m.HTML != "<b>text</b>" || m.Headers["X-A"][0] != "b" || !m.Time.Equal(at) {
			t.Errorf("%s holds %+v", name, m)
		}
		if len(m.Outcomes) != 1 || m.Outcomes["bounce+1@simulator.amazonses.com"] != "bounce" {
			t.Errorf("%s: outcomes = %v", name, m.Outcomes)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
	}
}

const rawMail = "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>\r\nTo: A <a@b.org>\r\nCc: c@d.org\r\nSubject: =?utf-8?b?w6R6?=\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" +
	"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
	"--a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n1 =3D 1\r\n" +
	"--a\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+MTwvYj4=\r\n--a--\r\n" +
	"--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=x.txt\r\n\r\nattached\r\n--m--\r\n"

func TestARawMailIsRead(t *testing.T) {
	t.Parallel()
	box, client, _ := open(t, Options{})
	if _, err := client.SendEmail(t.Context(), &sesv2.SendEmailInput{Content: &types.EmailContent{Raw: &types.RawMessage{Data: []byte(rawMail)}}}); err != nil {
		t.Fatal(err)
	}
	m := box.Messages("A@B.ORG", "Äz")[0]
	if m.Text != "1 = 1" || m.HTML != "<b>1</b>" || m.Subject != "äz" || m.CC[0] != "c@d.org" || m.Headers["From"][0] != "Jörg <joerg@example.com>" {
		t.Errorf("mail = %+v", m)
	}
}

func TestWhatSESRefusesIsRefused(t *testing.T) {
	t.Parallel()
	many := make([]string, 51)
	for i := range many {
		many[i] = "a@b.org"
	}
	tests := []struct {
		name, code, want string
		in               *sesv2.SendEmailInput
	}{
		{
			"an unverified sender", "MessageRejected",
			"Email address is not verified. The following identities failed the check in region US-EAST-1: x@nowhere.org", simple("x@nowhere.org", "a@b.org"),
		},
		{
			"another address than the verified one", "MessageRejected",
			"Email address is not verified. The following identities failed the check in region US-EAST-1: two@other.org", simple("two@other.org", "a@b.org"),
		},
		{"51 recipients", "BadRequestException", "Recipient count exceeds 50.", simple("x@example.com", many...)},
		{"a malformed recipient", "BadRequestException", "Missing final '@domain'", simple("x@example.com", "a@b.org", "nobody")},
		{"no recipient", "BadRequestException", "Destination is missing: no recipient is given.", simple("x@example.com")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			box, client, _ := open(t, Options{})
			_, err := client.SendEmail(t.Context(), tt.in)
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != tt.code || api.ErrorMessage() != tt.want {
				t.Errorf("error = %v, want %s: %s", err, tt.code, tt.want)
			}
			if n := len(box.Messages("", "")); n != 0 {
				t.Errorf("the outbox holds %d mails, want none", n)
			}
		})
	}
}

func TestVerifiedIdentitiesMaySend(t *testing.T) {
	t.Parallel()
	box, _, _ := open(t, Options{})
	for address, want := range map[string]string{
		"x@example.com": "example.com", "X <x@Sub.Example.COM>": "example.com", "One@OTHER.org": "One@other.org",
		"one@other.org": "", "x@badexample.com": "", "example.com": "",
	} {
		arn, ok := box.IdentityARN(address)
		if ok != (want != "") || ok && arn != "arn:aws:ses:us-east-1:000000000000:identity/"+want {
			t.Errorf("identity of %s = %s, %v, want %s", address, arn, ok, want)
		}
	}
}

func TestTheSendingRateIsLimited(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, client, _ := open(t, Options{Rate: 2, Now: func() time.Time { return at }})
	if _, err := client.SendEmail(t.Context(), simple("x@example.com", "a@b.org", "b@b.org")); err != nil {
		t.Fatal(err)
	}
	_, err := client.SendEmail(t.Context(), simple("x@example.com", "c@b.org"))
	var throttled *types.TooManyRequestsException
	if !errors.As(err, &throttled) || throttled.ErrorMessage() != "Maximum sending rate exceeded." {
		t.Errorf("error = %v, want TooManyRequestsException", err)
	}
	at = at.Add(time.Second)
	if _, err := client.SendEmail(t.Context(), simple("x@example.com", "c@b.org")); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

func TestTheSuppressionListIsKept(t *testing.T) {
	t.Parallel()
	box, client, _ := open(t, Options{})
	ctx, address := t.Context(), aws.String("a+1@b.org")
	var missing *types.NotFoundException
	if _, err := client.GetSuppressedDestination(ctx, &sesv2.GetSuppressedDestinationInput{EmailAddress: address}); !errors.As(err, &missing) {
		t.Errorf("error = %v, want NotFoundException", err)
	}
	if _, err := client.PutSuppressedDestination(ctx, &sesv2.PutSuppressedDestinationInput{EmailAddress: address, Reason: types.SuppressionListReasonComplaint}); err != nil {
		t.Fatal(err)
	}
	got, err := client.GetSuppressedDestination(ctx, &sesv2.GetSuppressedDestinationInput{EmailAddress: address})
	if err != nil || got.SuppressedDestination.Reason != types.SuppressionListReasonComplaint {
		t.Errorf("destination = %+v, %v", got, err)
	}
	if _, err := client.SendEmail(ctx, simple("x@example.com", *address)); err != nil {
		t.Fatal(err)
	}
	if outcome := box.Messages("", "")[0].Outcomes[*address]; outcome != "suppressed" {
		t.Errorf("outcome = %q, want suppressed", outcome)
	}
	if _, err := client.DeleteSuppressedDestination(ctx, &sesv2.DeleteSuppressedDestinationInput{EmailAddress: address}); err != nil {
		t.Error(err)
	}
}

func TestTheOutboxIsServed(t *testing.T) {
	t.Parallel()
	box, client, _ := open(t, Options{})
	for _, to := range []string{"a@b.org", "c@b.org"} {
		if _, err := client.SendEmail(t.Context(), simple("x@example.com", to)); err != nil {
			t.Fatal(err)
		}
	}
	call := func(method, target string) (int, string) {
		w := httptest.NewRecorder()
		box.ControlHandler().ServeHTTP(w, httptest.NewRequest(method, target, nil))
		return w.Code, w.Body.String()
	}
	if _, body := call("GET", "/?to=a@&subject=hello"); strings.Count(body, "message_id") != 1 || !strings.Contains(body, `"to":["a@b.org"]`) {
		t.Errorf("outbox = %s", body)
	}
	if _, body := call("GET", "/?limit=1"); strings.Count(body, "message_id") != 1 || !strings.Contains(body, `"to":["c@b.org"]`) {
		t.Errorf("the last one = %s", body)
	}
	if status, _ := call("DELETE", "/"); status != 204 {
		t.Errorf("status of DELETE = %d, want 204", status)
	}
	if _, body := call("GET", "/"); strings.TrimSpace(body) != `{"messages":[]}` {
		t.Errorf("outbox after DELETE = %s", body)
	}
}

func FuzzParseRaw(f *testing.F) {
	f.Add(rawMail)
	f.Add("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n")
	f.Fuzz(func(_ *testing.T, raw string) {
		_, _ = parseRaw(raw, "", nil, nil, nil)
	})
}
