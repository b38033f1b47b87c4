package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/app"
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
		if _, err := app.NewVerifier("arn:aws:sns:eu-west-1:123456789012:alerts", "two"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
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
