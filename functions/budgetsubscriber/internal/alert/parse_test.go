package alert_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
)

const console = "https://console.aws.amazon.com/costmanagement/home#/budgets"

func text(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func usd(value float64, written string) contract.Amount {
	return contract.Amount{Value: value, Unit: "USD", Text: written}
}

func TestEveryVariantIsUnderstood(t *testing.T) {
	t.Parallel()
	actual := contract.Alert{
		Kind: "budget", Budget: "Monthly", Account: "123456789012", Link: console, Type: "ACTUAL", BudgetType: "Cost",
		Period: "month", Date: "November 20, 2026", Comparison: ">", Limit: usd(1000, "$1,000.00"), Threshold: usd(900, "$900.00"),
		Spent: usd(912.34, "$912.34"), ThresholdPercent: 90, SpentPercent: 91.23, Percent: 90,
	}
	old := actual
	old.Budget, old.Date, old.Limit, old.Threshold, old.Spent = "Team X", "May 4, 2020", usd(100, "$100.00"), usd(80, "$80.00"), usd(80.12, "$80.12")
	old.ThresholdPercent, old.SpentPercent, old.Percent = 80, 80.12, 80
	daily := actual
	daily.Budget, daily.Period = "Täglich für alle: 日本 & <b>co</b>", "day"
	daily.Limit, daily.Threshold, daily.Spent, daily.SpentPercent = usd(5, "$5.00"), usd(4.5, "$4.50"), usd(5, "$5.00"), 100
	gigabytes := func(value float64, written string) contract.Amount {
		return contract.Amount{Value: value, Unit: "GB", Text: written}
	}
	usage := actual
	usage.Budget, usage.BudgetType, usage.Type, usage.Period = "Storage", "Usage", "FORECASTED", "quarter"
	usage.Limit, usage.Threshold, usage.Spent = gigabytes(1000, "1,000 GB"), gigabytes(1200, "1,200 GB"), gigabytes(1300.5, "1,300.5 GB")
	usage.ThresholdPercent, usage.SpentPercent, usage.Percent = 120, 130.05, 120
	euro := actual
	euro.Limit = contract.Amount{Value: 1000, Unit: "EUR", Text: "1.000,00 €"}
	euro.Threshold = contract.Amount{Value: 900, Unit: "EUR", Text: "900,00 €"}
	euro.Spent = contract.Amount{Value: 912.34, Unit: "EUR", Text: "912,34 €"}

	for name, want := range map[string]contract.Alert{
		"actual.txt": actual, "old.txt": old, "daily.txt": daily, "usage.txt": usage, "euro.txt": euro,
	} {
		t.Run(name+" is understood", func(t *testing.T) {
			t.Parallel()
			check(t, text(t, name), want)
		})
	}
	t.Run("lines that end in a carriage return are understood", func(t *testing.T) {
		t.Parallel()
		check(t, strings.ReplaceAll(text(t, "actual.txt"), "\n", "\r\n"), actual)
	})
	t.Run("lines in another order and case are understood", func(t *testing.T) {
		t.Parallel()
		check(t, strings.Join([]string{
			"aws account: 123456789012", "actual amount: $912.34", "ALERT THRESHOLD: > $900.00", "alert type: actual",
			"Budgeted amount: $1,000.00", "budget name: Monthly",
		}, "\n"), contract.Alert{
			Kind: "budget", Budget: "Monthly", Account: "123456789012", Link: console, Type: "ACTUAL", Comparison: ">",
			Limit: actual.Limit, Threshold: actual.Threshold, Spent: actual.Spent, ThresholdPercent: 90, SpentPercent: 91.23, Percent: 90,
		})
	})
}

func check(t *testing.T, message string, want contract.Alert) {
	t.Helper()
	got, err := alert.Parse(message)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestPercentages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, limit, threshold, spent string
		percent, spentPercent         float64
	}{
		{"rounding to cents is taken out", "$33.33", "> $30.00", "$31.00", 90, 93.01},
		{"a fraction of a percent that was meant stays", "$1,000.00", "> $125.00", "$130.00", 12.5, 13},
		{"a threshold below a cent gives way to what was spent", "$0.02", "> $0.00", "$0.95", 4750, 4750},
		{"a budget of nothing has no percentage", "$0.00", "> $0.00", "$0.95", 0, 0},
		{"a threshold in percent is one", "$50.00", "> 80%", "$45.00", 80, 90},
		{"utilization budgets are in percent", "100%", "< 80%", "70%", 80, 70},
		{"spending nothing after credits is negative", "$10.00", "> $9.00", "-$5.00", 90, -50},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := alert.Parse("AWS Account 123456789012\nBudget Name: b\nAlert Type: ACTUAL\nBudgeted Amount: " + c.limit +
				"\nAlert Threshold: " + c.threshold + "\nACTUAL Amount: " + c.spent)
			if err != nil || a.Percent != c.percent || a.SpentPercent != c.spentPercent || a.Comparison != c.threshold[:1] {
				t.Errorf("got %v and %v with %q, %v", a.Percent, a.SpentPercent, a.Comparison, err)
			}
		})
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]contract.Amount{
		"$1,234,567.89": {Value: 1234567.89, Unit: "USD"}, "$1,234": {Value: 1234, Unit: "USD"}, "$ 0.5": {Value: 0.5, Unit: "USD"},
		"1.234,56 €": {Value: 1234.56, Unit: "EUR"}, "€1.234.567": {Value: 1234567, Unit: "EUR"}, "£12,5": {Value: 12.5, Unit: "GBP"},
		"USD 90": {Value: 90, Unit: "USD"}, "90.10 USD": {Value: 90.1, Unit: "USD"}, "$90 USD": {Value: 90, Unit: "USD"},
		"$90 CAD": {Value: 90, Unit: "CAD"}, "CA$90": {Value: 90, Unit: "CAD"}, "₹12,34,567.00": {Value: 1234567, Unit: "INR"},
		"¥1,000": {Value: 1000, Unit: "¥"}, "1 234,50 kr": {Value: 1234.5, Unit: "kr"}, "CHF 1’234.50": {Value: 1234.5, Unit: "CHF"},
		"-$5.00": {Value: -5, Unit: "USD"}, "$-5.00": {Value: -5, Unit: "USD"}, "($5.00)": {Value: -5, Unit: "USD"}, "-$0.00": {Value: 0, Unit: "USD"},
		"100 GB-Mo": {Value: 100, Unit: "GB-Mo"}, "80%": {Value: 80, Unit: "%"}, "80.5 %": {Value: 80.5, Unit: "%"},
		"7": {Value: 7}, "$1.234": {Value: 1.234, Unit: "USD"}, "1\u202f234,56\u00a0€": {Value: 1234.56, Unit: "EUR"},
		"$5.00 per day": {Value: 5, Unit: "USD"},
	} {
		t.Run(written+" is understood", func(t *testing.T) {
			t.Parallel()
			want.Text = written
			a, err := alert.Parse(budgetMessage("Budgeted Amount", written))
			if err != nil || a.Limit != want {
				t.Errorf("got %+v, %v, want %+v", a.Limit, err, want)
			}
		})
	}
	for _, written := range []string{"$", "free", "$1,23,4", "$12,34,56.00", "$1.2.3,4,5", "$1,2345.00", "$5 or $6", "1e5x9", "12:30"} {
		t.Run(written+" is refused", func(t *testing.T) {
			t.Parallel()
			want := `alert: parse: budgeted amount: value not understood: amount "` + written + `"`
			if _, err := alert.Parse(budgetMessage("Budgeted Amount", written)); !errors.Is(err, alert.ErrInvalid) || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// budgetMessage is a small alert with one line changed; an empty value leaves the line out.
func budgetMessage(label, value string) string {
	lines := [][2]string{
		{"Budget Name", "b"}, {"Budgeted Amount", "$10.00"}, {"Alert Type", "ACTUAL"}, {"Alert Threshold", "> $9.00"}, {"ACTUAL Amount", "$9.50"},
	}
	var b strings.Builder
	b.WriteString("AWS Account 123456789012\n")
	for _, line := range lines {
		if line[0] == label {
			line[1] = value
		}
		if line[1] != "" {
			b.WriteString(line[0] + ": " + line[1] + "\n")
		}
	}
	return b.String()
}

func TestOtherTextsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message string
		is            error
		want          string
	}{
		{"nothing", "", alert.ErrUnknown, `alert: parse: neither a budget alert nor a cost anomaly: it starts with ""`},
		{"a greeting", "Hello", alert.ErrUnknown, `alert: parse: neither a budget alert nor a cost anomaly: it starts with "Hello"`},
		{"bytes", "\xff", alert.ErrUnknown, `alert: parse: neither a budget alert nor a cost anomaly: not UTF-8`},
		{"an alarm's JSON", `{"AlarmName":"x"}`, alert.ErrUnknown, `alert: parse: neither a budget alert nor a cost anomaly: it starts with "{\"AlarmName\":\"x\"}"`},
		{"cut JSON", `{"anomalyId":`, alert.ErrUnknown, `alert: parse: neither a budget alert nor a cost anomaly: unexpected end of JSON input`},
		{"an anomaly without impact", `{"anomalyId":"a"}`, alert.ErrMissing, `alert: parse: line missing: "impact"`},
		{"an anomaly without id", `{"impact":{}}`, alert.ErrMissing, `alert: parse: line missing: "anomalyId"`},
		{"an anomaly of no account", `{"anomalyId":"a","impact":{},"accountId":"12"}`, alert.ErrInvalid, `alert: parse: value not understood: accountId "12"`},
		{"an alert without name", budgetMessage("Budget Name", ""), alert.ErrMissing, `alert: parse: line missing: "budget name"`},
		{"an alert without limit", budgetMessage("Budgeted Amount", ""), alert.ErrMissing, `alert: parse: line missing: "budgeted amount"`},
		{"an alert without type", budgetMessage("Alert Type", ""), alert.ErrMissing, `alert: parse: line missing: "alert type"`},
		{"an alert of another type", budgetMessage("Alert Type", "GUESSED"), alert.ErrInvalid, `alert: parse: value not understood: alert type "GUESSED"`},
		{"an alert without threshold", budgetMessage("Alert Threshold", ""), alert.ErrMissing, `alert: parse: line missing: "alert threshold"`},
		{"a forecast with an actual amount only", budgetMessage("Alert Type", "FORECASTED"), alert.ErrMissing, `alert: parse: line missing: "forecasted amount"`},
		{"an alert with two names", budgetMessage("", "") + "Budget Name: c\n", alert.ErrTwice, `alert: parse: line occurs twice: "budget name"`},
		{"an alert with an endless name", budgetMessage("Budget Name", strings.Repeat("n", 600)), alert.ErrInvalid, `alert: parse: value not understood: budget name of 601 bytes`},
		{
			"an endless anomaly", `{"anomalyId":"a","accountId":"123456789012","impact":{},"monitorName":"` + strings.Repeat("n", 16<<10) + `"}`,
			alert.ErrInvalid, `alert: parse: value not understood: anomaly of 16457 bytes`,
		},
		{"an alert of no account", strings.Replace(budgetMessage("", ""), "123456789012", "1234", 1), alert.ErrMissing, `alert: parse: line missing: "aws account"`},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, err := alert.Parse(c.message); !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestAnomaly(t *testing.T) {
	t.Parallel()
	check(t, text(t, "anomaly.json"), contract.Alert{
		Kind: "anomaly", Budget: "Services", Account: "123456789012",
		Link:  "https://console.aws.amazon.com/cost-management/home#/anomaly-detection/monitors/abc/anomalies/def",
		Limit: usd(300, "$300.00"), Spent: usd(1301, "$1,301.00"), SpentPercent: 433.67, Percent: 433.67,
		Anomaly: &contract.Anomaly{
			ID: "def", Start: "2026-11-19T00:00:00Z", End: "2026-11-20T00:00:00Z", Impact: usd(1001, "$1,001.00"),
			ImpactPercent: 333.67, Score: 0.47, RootCauses: []contract.RootCause{{
				Service: "Amazon Elastic Compute Cloud", Region: "eu-west-1", UsageType: "BoxUsage:m5.large", Account: "210987654321", AccountName: "prod",
			}},
		},
	})
	t.Run("one of the first years has only the greatest impact", func(t *testing.T) {
		t.Parallel()
		a, err := alert.Parse(`{"anomalyId":"a","accountId":"123456789012","impact":{"maxImpact":1234567.5}}`)
		if err != nil || a.Anomaly.Impact != usd(1234567.5, "$1,234,567.50") || a.Budget != "cost anomaly" || a.Percent != 0 {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}

func TestLinksLeadToTheConsoleOnly(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://console.aws.amazon.com/x":             "https://console.aws.amazon.com/x",
		"https://eu-west-1.console.aws.amazon.com/x":   "https://eu-west-1.console.aws.amazon.com/x",
		"https://console.amazonaws.cn/x":               "https://console.amazonaws.cn/x",
		"https://console.amazonaws-us-gov.com/x":       "https://console.amazonaws-us-gov.com/x",
		"https://console.aws.amazon.com.evil.test/x":   console,
		"https://evilconsole.aws.amazon.com/x":         console,
		"https://console.aws.amazon.com@evil.test/x":   console,
		"https://user@console.aws.amazon.com/x":        console,
		"https://console.aws.amazon.com:8443/x":        console,
		"https://bucket.s3.amazonaws.com/console":      console,
		"https://evil.test/#console.aws.amazon.com":    console,
		"https://console.aws.amazon.com%2eevil.test/x": console,
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			a, err := alert.Parse(budgetMessage("", "") + "[1] " + link + "\n")
			if err != nil || a.Link != want {
				t.Errorf("got %s, %v", a.Link, err)
			}
		})
	}
}

func TestTheTrialOfATopicIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		subject, message string
		want             bool
	}{
		{"", "SNS Topic Verified!", true},
		{"SNS Topic Verified!", "anything", true},
		{"AWS Budgets", " SNS Topic Verified!\n", true},
		{"", "SNS Topic Verified! Budget Name: x", false},
		{"", "", false},
	} {
		if got := alert.IsTopicVerified(c.subject, c.message); got != c.want {
			t.Errorf("%q, %q: %v", c.subject, c.message, got)
		}
	}
}
