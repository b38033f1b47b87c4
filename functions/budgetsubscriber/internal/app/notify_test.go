package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/app"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func TestTheEnvironmentIsRead(t *testing.T) {
	t.Parallel()
	t.Run("recipients are a list", func(t *testing.T) {
		t.Parallel()
		got, err := app.ParseRecipients(`[{"name":"Ada","email":"ada@example.com","budget":"Web *"},{"email":"ops@example.com"}]`)
		if err != nil || len(got) != 2 || got[0] != (contract.Recipient{Name: "Ada", Email: "ada@example.com", Budget: "Web *"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	for text, want := range map[string]string{
		`{}`:                      `app: HERMES_RECIPIENTS: json: cannot unmarshal object into Go value of type []contract.Recipient`,
		`[{"email":"ops"}]`:       `app: HERMES_RECIPIENTS: recipient 0 has no e-mail address`,
		`[{"email":"A <a@b.c>"}]`: `app: HERMES_RECIPIENTS: recipient 0 has no e-mail address`,
	} {
		t.Run("recipients "+text+" are refused", func(t *testing.T) {
			t.Parallel()
			if _, err := app.ParseRecipients(text); err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
	t.Run("none are none", func(t *testing.T) {
		t.Parallel()
		if got, err := app.ParseRecipients(""); err != nil || got != nil {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("a version that is no number is refused", func(t *testing.T) {
		t.Parallel()
		const want = `app: HERMES_SIGNATURE_VERSION "two" is no number`
		if _, err := app.NewVerifier("arn:aws:sns:eu-west-1:123456789012:alerts", "two", time.Hour); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("an old signature version is refused, and an old message", func(t *testing.T) {
		t.Parallel()
		const retention = 15 * 24 * time.Hour
		for _, c := range []struct {
			name, least, version string
			age                  time.Duration
			want                 error
		}{
			{"SHA-1 where SHA-256 is wanted", "2", "1", 0, snsverify.ErrVersion},
			{"SHA-1 where it is allowed", "1", "1", 0, snsverify.ErrCertificateURL},
			{"a message whose receipts are kept", "2", "2", retention - snsverify.ClockSkew - time.Minute, snsverify.ErrCertificateURL},
			{"a message whose receipts may be gone", "2", "2", retention - snsverify.ClockSkew + time.Minute, snsverify.ErrAge},
		} {
			verifier, err := app.NewVerifier("arn:aws:sns:eu-west-1:123456789012:alerts", c.least, retention)
			if err != nil {
				t.Fatal(err)
			}
			message, _ := json.Marshal(map[string]string{
				"Type": "Notification", "MessageId": "22b80b92-fdea-5c2c-8f9d-bdfb0c7bf324", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts",
				"Message": "m", "Timestamp": time.Now().Add(-c.age).UTC().Format("2006-01-02T15:04:05.000Z"), "SignatureVersion": c.version,
				"Signature": "s", "SigningCertURL": "u",
			})
			if _, err := verifier.Verify(t.Context(), message, nil); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v", c.name, err)
			}
		}
	})
	t.Run("templates of the layer replace ours", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "budget.subject.txt"), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		templates, err := app.ParseTemplates(folder)
		if err != nil {
			t.Fatal(err)
		}
		if mail, err := templates.Render(contract.ExampleAlerts()[0], contract.Recipient{}); err != nil || mail.Subject != "mine" {
			t.Errorf("subject %q, %v", mail.Subject, err)
		}
	})
}
