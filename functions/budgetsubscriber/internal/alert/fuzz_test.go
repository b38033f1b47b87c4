package alert_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
)

// FuzzParse holds the parser to its promises for any text: an error of a documented kind, or an alert that JSON can hold,
// whose console link is the console's, and from which an e-mail can be made.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"actual.txt", "old.txt", "daily.txt", "usage.txt", "euro.txt", "anomaly.json"} {
		f.Add(text(f, name))
	}
	for _, written := range []string{"$1e999", "$99999999999999999999999999", "١٢٣", "$.5", "--$-1", "$1.", "1,1,1", "%"} {
		f.Add(budgetMessage("Budgeted Amount", written))
	}
	f.Add(`{"anomalyId":"a","accountId":"123456789012","impact":{"totalImpact":-1e308,"totalActualSpend":1e308,"totalExpectedSpend":1e-300}}`)
	templates, err := contract.ParseTemplates(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message string) {
		parsed, err := alert.Parse(message)
		if err != nil {
			if !errors.Is(err, alert.ErrUnknown) && !errors.Is(err, alert.ErrMissing) && !errors.Is(err, alert.ErrTwice) && !errors.Is(err, alert.ErrInvalid) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		for _, n := range []float64{parsed.Limit.Value, parsed.Spent.Value, parsed.Percent, parsed.SpentPercent, parsed.ThresholdPercent} {
			if math.IsNaN(n) || math.IsInf(n, 0) {
				t.Errorf("%v in %+v", n, parsed)
			}
		}
		if _, err := json.Marshal(parsed); err != nil {
			t.Error(err)
		}
		if parsed.Budget == "" || strings.ContainsAny(parsed.Budget, "\n") && parsed.Kind == contract.KindBudget || len(parsed.Account) != 12 {
			t.Errorf("budget %q, account %q", parsed.Budget, parsed.Account)
		}
		mail, err := templates.Render(parsed, contract.Recipient{Name: parsed.Budget, Email: "a@b.example"})
		if err != nil || mail.Subject == "" || strings.ContainsAny(mail.Subject, "\r\n") {
			t.Errorf("subject %q, %v", mail.Subject, err)
		}
	})
}
