package alert

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// Labels of the lines that are read, in lower case: they were "Actual Amount" once and are "ACTUAL Amount" now.
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

// A letter is the text of an alert, taken apart.
type letter struct {
	date, account, link, period string
	values                      map[string]string
}

func parseLetter(text string) (contract.Alert, error) {
	if !utf8.ValidString(text) {
		return contract.Alert{}, fmt.Errorf("%w: not UTF-8", ErrUnknown)
	}
	l, err := takeApart(text)
	if err != nil {
		return contract.Alert{}, err
	}
	if len(l.values) == 0 && l.account == "" {
		return contract.Alert{}, fmt.Errorf("%w: it starts with %.60q", ErrUnknown, text)
	}
	return l.alert()
}

func takeApart(text string) (letter, error) {
	l := letter{values: map[string]string{}}
	for line := range strings.Lines(text) {
		if err := l.take(strings.TrimSpace(line)); err != nil {
			return letter{}, err
		}
	}
	return l, nil
}

// take reads one line. The first match of a kind of line without a label wins: they come first, above the prose.
func (l *letter) take(line string) error {
	if label, value, ok := strings.Cut(line, ":"); ok {
		if label = strings.ToLower(strings.TrimSpace(label)); isLabel(label) {
			if _, twice := l.values[label]; twice {
				return fmt.Errorf("%w: %q", ErrTwice, label)
			}
			if len(value) > maxValue {
				return fmt.Errorf("%w: %s of %d bytes", ErrInvalid, label, len(value))
			}
			l.values[label] = strings.TrimSpace(value)
			return nil
		}
	}
	for _, kind := range []struct {
		form *regexp.Regexp
		into *string
	}{{titleLine, &l.date}, {accountLine, &l.account}, {linkLine, &l.link}} {
		if found := kind.form.FindStringSubmatch(line); found != nil {
			if *kind.into == "" {
				*kind.into = found[1]
			}
			return nil
		}
	}
	if l.period == "" {
		l.period = periodIn(line)
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

// periodIn finds what the prose calls the budget's period. The prose holds the budget's name too, which may hold anything
// but stands before these words.
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

func (l letter) alert() (contract.Alert, error) {
	alertType, err := l.alertType()
	if err != nil {
		return contract.Alert{}, err
	}
	spentLabel := labelActual
	if alertType == contract.TypeForecasted {
		spentLabel = labelForecasted
	}
	for _, label := range []string{labelName, labelLimit, labelThreshold, spentLabel} {
		if l.values[label] == "" {
			return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, label)
		}
	}
	if l.account == "" {
		return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, "aws account")
	}
	a := contract.Alert{
		Kind: contract.KindBudget, Budget: l.values[labelName], Account: l.account, Type: alertType,
		BudgetType: l.values[labelType], Period: l.period, Date: l.date, Link: consoleLink(l.link),
	}
	return a, l.amounts(&a, spentLabel)
}

func (l letter) alertType() (string, error) {
	switch given := l.values[labelAlertType]; strings.ToUpper(given) {
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

// amounts reads the three amounts and computes the percentages, which no letter holds.
func (l letter) amounts(a *contract.Alert, spentLabel string) error {
	comparison, threshold := cutComparison(l.values[labelThreshold])
	a.Comparison = comparison
	limit, err := parseAmount(l.values[labelLimit])
	if err != nil {
		return fmt.Errorf("%s: %w", labelLimit, err)
	}
	passed, err := parseAmount(threshold)
	if err != nil {
		return fmt.Errorf("%s: %w", labelThreshold, err)
	}
	spent, err := parseAmount(l.values[spentLabel])
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

// cutComparison takes the sign off "> $90.00". Letters without one are about passing a threshold.
func cutComparison(value string) (comparison, rest string) {
	for _, sign := range []string{">", "<", "="} {
		if rest, ok := strings.CutPrefix(value, sign); ok {
			return sign, strings.TrimSpace(strings.TrimPrefix(rest, "="))
		}
	}
	return ">", value
}
