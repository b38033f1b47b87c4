package ses

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/smithy-go"
)

func TestAnIdentityStartsUnverified(t *testing.T) {
	t.Parallel()
	box, client, _ := open(t, Options{})
	box.AddIdentity("new.example.net")
	if arn, ok := box.IdentityARN("x@new.example.net"); !ok || arn != "arn:aws:ses:us-east-1:000000000000:identity/new.example.net" {
		t.Errorf("identity %s, %v", arn, ok)
	}
	wantRefused(t, client, simple("x@new.example.net", "a@b.org"), "x@new.example.net")
	box.Verify("New.Example.net")
	box.AddIdentity("new.example.net") // a second stack does not undo it
	if _, err := client.SendEmail(t.Context(), simple("x@new.example.net", "a@b.org")); err != nil {
		t.Errorf("after it was verified: %v", err)
	}
}

// wantRefused sends a mail that must be refused for its unverified addresses.
func wantRefused(t *testing.T, client *sesv2.Client, in *sesv2.SendEmailInput, addresses string) {
	t.Helper()
	_, err := client.SendEmail(t.Context(), in)
	var refused smithy.APIError
	want := "Email address is not verified. The following identities failed the check in region US-EAST-1: " + addresses
	if !errors.As(err, &refused) || refused.ErrorCode() != "MessageRejected" || refused.ErrorMessage() != want {
		t.Errorf("error %v, want MessageRejected: %s", err, want)
	}
}

func TestTheSandboxRefusesRecipientsThatAreNotVerified(t *testing.T) {
	t.Parallel()
	box, client, _ := open(t, Options{})
	if _, ok := box.RecipientARN("ada@example.com"); ok {
		t.Error("a recipient is authorized outside the sandbox")
	}
	box.SetSandbox(true)
	wantRefused(t, client, simple("x@example.com", "a@b.org"), "a@b.org")
	wantRefused(t, client, simple("x@nowhere.org", "ada@example.com", "a@b.org"), "x@nowhere.org, a@b.org")
	box.Verify("a@b.org")
	if arn, _ := box.RecipientARN("a@b.org"); arn != "arn:aws:ses:us-east-1:000000000000:identity/a@b.org" {
		t.Errorf("the recipient's identity is %q", arn)
	}
	if _, err := client.SendEmail(t.Context(), simple("x@example.com", "a@b.org")); err != nil {
		t.Errorf("a verified recipient: %v", err)
	}
}

func TestTheSandboxTakesAMailASecondAnd200ADay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	box, client, _ := open(t, Options{Now: func() time.Time { return at }})
	box.SetSandbox(true)
	send := func() string {
		_, err := client.SendEmail(t.Context(), simple("x@example.com", "success@simulator.amazonses.com"))
		var api smithy.APIError
		if err == nil {
			return ""
		}
		if !errors.As(err, &api) || api.ErrorCode() != "TooManyRequestsException" {
			t.Fatal(err)
		}
		return api.ErrorMessage()
	}
	for n := range 200 {
		if got := send(); got != "" {
			t.Fatalf("mail %d: %s", n+1, got)
		}
		if n == 0 {
			if got := send(); got != "Maximum sending rate exceeded." {
				t.Errorf("a second mail in the same second: %q", got)
			}
		}
		at = at.Add(time.Second)
	}
	if got := send(); got != "Daily message quota exceeded." {
		t.Errorf("mail 201: %q", got)
	}
	account, err := client.GetAccount(t.Context(), &sesv2.GetAccountInput{})
	if err != nil {
		t.Fatal(err)
	}
	if q := account.SendQuota; account.ProductionAccessEnabled || q.Max24HourSend != 200 || q.MaxSendRate != 1 || q.SentLast24Hours != 200 {
		t.Errorf("account %+v %+v", account, q)
	}
	at = at.Add(24 * time.Hour)
	if got := send(); got != "" {
		t.Errorf("a day later: %q", got)
	}
	box.SetSandbox(false)
	if _, err := client.SendEmail(t.Context(), simple("x@example.com", "a@b.org", "c@b.org")); err != nil {
		t.Errorf("outside the sandbox: %v", err)
	}
}

func TestTheAccountIsControlled(t *testing.T) {
	t.Parallel()
	box, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	box.AddIdentity("example.com")
	server := httptest.NewServer(box.AccountHandler("/_local/ses"))
	t.Cleanup(server.Close)
	for _, step := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"it starts unverified and outside the sandbox", "", "", 200, `{"identities":[{"name":"example.com","verified":false}],"sandbox":false}`},
		{"an identity is verified", "/identities", `{"name":"example.com"}`, 200, `{"identities":[{"name":"example.com","verified":true}],"sandbox":false}`},
		{"a recipient is verified", "/identities", `{"name":"ada@b.org"}`, 200, `{"identities":[{"name":"ada@b.org","verified":true},{"name":"example.com","verified":true}],"sandbox":false}`},
		{"what is neither is refused", "/identities", `{"name":"ada"}`, 400, `{"error":"ses: name must be an address or a domain, got \"ada\""}`},
		{"an unknown field is refused", "/identities", `{"identity":"b.org"}`, 400, `{"error":"ses: unknown field \"identity\""}`},
		{"the sandbox is entered", "/sandbox", `{"enabled":true}`, 200, `{"identities":[{"name":"ada@b.org","verified":true},{"name":"example.com","verified":true}],"sandbox":true}`},
		{"a switch without a value is refused", "/sandbox", `{}`, 400, `{"error":"ses: enabled is missing"}`},
	} {
		method := http.MethodPost
		if step.body == "" {
			method = http.MethodGet
		}
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/_local/ses"+step.path, strings.NewReader(step.body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != step.status || strings.TrimSpace(string(got)) != step.want {
			t.Errorf("%s: %d %s, want %d %s", step.name, response.StatusCode, got, step.status, step.want)
		}
	}
}
