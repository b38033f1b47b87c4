package contract_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

func ours(t *testing.T) *contract.Templates {
	t.Helper()
	templates, err := contract.ParseTemplates(nil)
	if err != nil {
		t.Fatal(err)
	}
	return templates
}

func TestOurTemplates(t *testing.T) {
	t.Parallel()
	actual, forecast, empty, anomaly := contract.ExampleAlerts()[0], contract.ExampleAlerts()[1], contract.ExampleAlerts()[2], contract.ExampleAlerts()[3]
	for _, c := range []struct {
		name         string
		alert        contract.Alert
		subject      string
		both         []string // in text and HTML
		html, absent []string
	}{
		{
			"an alert", actual, "Cost control alert: 90% of Monthly reached",
			[]string{"Hello Ada,", "Monthly", "123456789012", "$1,000.00 a month", "$900.00 (90%)", "$912.34", "91.2%", "https://console.aws.amazon.com/costmanagement/home#/budgets"},
			[]string{`<td width="91%"`, `<td width="9%"`, "has passed $900.00"},
			[]string{"forecast"},
		},
		{
			"a forecast", forecast, "Cost control alert: 90% of Monthly reached",
			[]string{"AWS forecasts that", "Forecast", "$1,234.50"},
			[]string{`<td width="100%" height`, "90% of Monthly will be reached"},
			[]string{`<td width="0%"`, "has passed"},
		},
		{
			"a budget of nothing", empty, "Cost control alert: 0% of Monthly reached",
			[]string{"$0.00"},
			nil,
			[]string{`height="12"`, "NaN"},
		},
		{
			"an anomaly", anomaly, "Cost control alert: $1,001.00 more than expected in Services",
			[]string{"Hello Ada,", "$300.00", "$1,301.00", "$1,001.00 (334%)", "AmazonEC2, eu-west-1, BoxUsage:m5.large, account 123456789012 (prod)", "2026-11-19T00:00:00Z"},
			nil, nil,
		},
	} {
		t.Run(c.name+" says all there is to say", func(t *testing.T) {
			t.Parallel()
			mail, err := ours(t).Render(c.alert, contract.Recipient{Name: "Ada", Email: "ada@example.com"})
			if err != nil || mail.Subject != c.subject {
				t.Fatalf("subject %q, %v", mail.Subject, err)
			}
			for _, part := range c.both {
				if !strings.Contains(mail.Text, part) || !strings.Contains(mail.HTML, part) {
					t.Errorf("%q is missing in\n%s\n%s", part, mail.Text, mail.HTML)
				}
			}
			for _, part := range c.html {
				if !strings.Contains(mail.HTML, part) {
					t.Errorf("%q is missing in %s", part, mail.HTML)
				}
			}
			for _, part := range c.absent {
				if strings.Contains(mail.HTML, part) {
					t.Errorf("%q is in %s", part, mail.HTML)
				}
			}
		})
	}
}

func TestAThresholdThatWasRoundedAwayIsNotMadeUp(t *testing.T) {
	t.Parallel()
	alert := contract.ExampleAlerts()[0]
	alert.Threshold.Text, alert.ThresholdPercent, alert.Percent, alert.Comparison = "$0.00", 0, 4750, "<"
	mail, err := ours(t).Render(alert, contract.Recipient{})
	if err != nil || mail.Subject != "Cost control alert: 4750% of Monthly reached" {
		t.Fatalf("subject %q, %v", mail.Subject, err)
	}
	for _, body := range []string{mail.Text, mail.HTML} {
		if !strings.Contains(body, "$0.00 (0%)") || !strings.Contains(body, "has fallen below $0.00") {
			t.Errorf("got %s", body)
		}
	}
}

func TestNamesCannotBreakOut(t *testing.T) {
	t.Parallel()
	alert := contract.ExampleAlerts()[0]
	alert.Budget = "<script>x</script>\r\nBcc: a@b\u2028" + strings.Repeat("é", 300)
	alert.Link = "javascript:alert(1)"
	mail, err := ours(t).Render(alert, contract.Recipient{Name: `<img src=x onerror="y">`})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(mail.HTML, "<script>") || strings.Contains(mail.HTML, "<img") || strings.Contains(mail.HTML, "javascript:") {
		t.Errorf("not escaped: %s", mail.HTML)
	}
	if n := len([]rune(mail.Subject)); n != 200 || strings.ContainsAny(mail.Subject, "\r\n\u2028") || !strings.HasSuffix(mail.Subject, "…") {
		t.Errorf("subject of %d characters: %q", n, mail.Subject)
	}
}

func TestTemplatesAreReplaceable(t *testing.T) {
	t.Parallel()
	t.Run("file by file", func(t *testing.T) {
		t.Parallel()
		templates, err := contract.ParseTemplates(fstest.MapFS{
			"budget.subject.txt": {Data: []byte("{{.Recipient.Name}}: {{.Budget}}\n")},
			"budget.html":        {Data: []byte("<p>{{.Budget}}</p>")},
		})
		if err != nil || templates.Check() != nil {
			t.Fatal(err, templates.Check())
		}
		alert := contract.ExampleAlerts()[0]
		alert.Budget = "R&D"
		mail, err := templates.Render(alert, contract.Recipient{Name: "Ada"})
		if err != nil || mail.Subject != "Ada: R&D" || mail.HTML != "<p>R&amp;D</p>" || !strings.Contains(mail.Text, "R&D has passed") {
			t.Errorf("got %+v, %v", mail, err)
		}
	})
	t.Run("and what does not parse is refused", func(t *testing.T) {
		t.Parallel()
		_, err := contract.ParseTemplates(fstest.MapFS{"anomaly.txt": {Data: []byte("{{.Budget")}})
		const want = "contract: parse templates: template refused: template: anomaly.txt:1: unclosed action"
		if !errors.Is(err, contract.ErrTemplate) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("and one that names what is not there is found by trying", func(t *testing.T) {
		t.Parallel()
		templates, err := contract.ParseTemplates(fstest.MapFS{"budget.txt": {Data: []byte("{{.Nobody}}")}})
		if err != nil {
			t.Fatal(err)
		}
		if err := templates.Check(); !errors.Is(err, contract.ErrTemplate) || !strings.Contains(err.Error(), "can't evaluate field Nobody") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPatternsOfBudgetNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "anything", true},
		{"*", "", true},
		{"Team *", "Team X", true},
		{"Team *", "team X", false},
		{"Team ?", "Team é", true},
		{"Team ?", "Team", false},
		{"*/prod", "a/b/prod", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-b-b", false},
		{"Monthly", "Monthly", true},
		{"Monthly", "Monthly 2", false},
		{"[a]", "a", false},
		{"日*", "日本", true},
	} {
		if got := (contract.Recipient{Budget: c.pattern}).Matches(c.name); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.name, got)
		}
	}
	t.Run("many stars take no time", func(t *testing.T) {
		t.Parallel()
		done := make(chan bool)
		go func() {
			done <- contract.Recipient{Budget: strings.Repeat("*a", 500) + "b"}.Matches(strings.Repeat("a", 5000))
		}()
		select {
		case matched := <-done:
			if matched {
				t.Error("it matched")
			}
		case <-time.After(10 * time.Second):
			t.Error("it still tries")
		}
	})
}
