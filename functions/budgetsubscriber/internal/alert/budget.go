package alert

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// Labels of the lines that are parsed, in lower case: "Actual Amount" has become "ACTUAL Amount".
const (
	labelName       = "budget name"
	labelType       = "budget type"
	labelLimit      = "budgeted amount"
	labelAlertType  = "alert type"
	labelThreshold  = "alert threshold"
	labelActual     = "actual amount"
	labelForecasted = "forecasted amount"
)

// maxValue bounds a value in bytes. A budget's name has at most 100 characters.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
const maxValue = 512

var (
	titleLine   = regexp.MustCompile(`(?i)^AWS Budgets? Notification\s+(\S.{0,60})$`)
	accountLine = regexp.MustCompile(`(?i)^AWS Account:?\s+([0-9]{12})$`)
	linkLine    = regexp.MustCompile(`^\[[0-9]+\]\s+(https://\S{1,500})$`)
)

// A budgetMessage is the text of a budget alert, split into its labelled values.
type budgetMessage struct {
	date, account, link, period string
	values                      map[string]string
}

func parseBudget(text string) (contract.Alert, error) {
	if !utf8.ValidString(text) {
		return contract.Alert{}, fmt.Errorf("%w: not UTF-8", ErrUnknown)
	}
	m, err := parseLines(text)
	if err != nil {
		return contract.Alert{}, err
	}
	if len(m.values) == 0 && m.account == "" {
		return contract.Alert{}, fmt.Errorf("%w: it starts with %.60q", ErrUnknown, text)
	}
	return m.alert()
}

func parseLines(text string) (budgetMessage, error) {
	m := budgetMessage{values: map[string]string{}}
	for line := range strings.Lines(text) {
		if err := m.parseLine(strings.TrimSpace(line)); err != nil {
			return budgetMessage{}, err
		}
	}
	return m, nil
}

// parseLine parses one line. Of lines without a label, the first match of a kind wins: they come first, before the
// prose.
func (m *budgetMessage) parseLine(line string) error {
	if label, value, ok := strings.Cut(line, ":"); ok {
		if label = strings.ToLower(strings.TrimSpace(label)); isLabel(label) {
			if _, twice := m.values[label]; twice {
				return fmt.Errorf("%w: %q", ErrTwice, label)
			}
			if len(value) > maxValue {
				return fmt.Errorf("%w: %s of %d bytes", ErrInvalid, label, len(value))
			}
			m.values[label] = strings.TrimSpace(value)
			return nil
		}
	}
	for _, kind := range []struct {
		form *regexp.Regexp
		into *string
	}{{titleLine, &m.date}, {accountLine, &m.account}, {linkLine, &m.link}} {
		if found := kind.form.FindStringSubmatch(line); found != nil {
			if *kind.into == "" {
				*kind.into = found[1]
			}
			return nil
		}
	}
	if m.period == "" {
		m.period = periodIn(line)
	}
	return nil
}

func isLabel(label string) bool {
	switch label {
	case labelName, labelType, labelLimit, labelAlertType, labelThreshold, labelActual, labelForecasted:
		return true
	}
	return false
}

// periodIn returns the budget's period as the prose names it. The prose contains the budget's name too, which may
// contain anything but comes before these words.
func periodIn(line string) string {
	lower := strings.ToLower(line)
	last, period := -1, ""
	for phrase, name := range map[string]string{
		"per day": "day", "for the current day": "day", "yesterday, the": "day", "for the current month": "month",
		"for the current quarter": "quarter", "for the current year": "year",
	} {
		if at := strings.LastIndex(lower, phrase); at > last {
			last, period = at, name
		}
	}
	return period
}

func (m budgetMessage) alert() (contract.Alert, error) {
	alertType, err := m.alertType()
	if err != nil {
		return contract.Alert{}, err
	}
	spentLabel := labelActual
	if alertType == contract.TypeForecasted {
		spentLabel = labelForecasted
	}
	for _, label := range []string{labelName, labelLimit, labelThreshold, spentLabel} {
		if m.values[label] == "" {
			return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, label)
		}
	}
	if m.account == "" {
		return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, "aws account")
	}
	a := contract.Alert{
		Kind: contract.KindBudget, Budget: m.values[labelName], Account: m.account, Type: alertType,
		BudgetType: m.values[labelType], Period: m.period, Date: m.date, Link: consoleLink(m.link),
	}
	return a, m.amounts(&a, spentLabel)
}

func (m budgetMessage) alertType() (string, error) {
	switch given := m.values[labelAlertType]; strings.ToUpper(given) {
	case contract.TypeActual:
		return contract.TypeActual, nil
	case contract.TypeForecasted:
		return contract.TypeForecasted, nil
	case "":
		return "", fmt.Errorf("%w: %q", ErrMissing, labelAlertType)
	default:
		return "", fmt.Errorf("%w: %s %.60q", ErrInvalid, labelAlertType, given)
	}
}

// amounts parses the three amounts and computes the percentages, which no message contains.
func (m budgetMessage) amounts(a *contract.Alert, spentLabel string) error {
	comparison, threshold := cutComparison(m.values[labelThreshold])
	a.Comparison = comparison
	limit, err := parseAmount(m.values[labelLimit])
	if err != nil {
		return fmt.Errorf("%s: %w", labelLimit, err)
	}
	passed, err := parseAmount(threshold)
	if err != nil {
		return fmt.Errorf("%s: %w", labelThreshold, err)
	}
	spent, err := parseAmount(m.values[spentLabel])
	if err != nil {
		return fmt.Errorf("%s: %w", spentLabel, err)
	}
	a.Limit, a.Threshold, a.Spent = limit.Amount, passed.Amount, spent.Amount
	a.ThresholdPercent, a.SpentPercent = passed.percentOf(limit), spent.percentOf(limit)
	a.Percent = passed.roundedPercentOf(limit)
	if a.Percent < 0.05 { // a threshold below half a cent arrives as 0.00
		a.Percent = a.SpentPercent
	}
	return nil
}

// cutComparison cuts the sign from "> $90.00". Messages without one report that a threshold was exceeded.
func cutComparison(value string) (comparison, rest string) {
	for _, sign := range []string{">", "<", "="} {
		if rest, ok := strings.CutPrefix(value, sign); ok {
			return sign, strings.TrimSpace(strings.TrimPrefix(rest, "="))
		}
	}
	return ">", value
}
