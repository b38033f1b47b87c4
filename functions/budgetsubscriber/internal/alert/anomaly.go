package alert

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// anomalyMessage is what Cost Anomaly Detection publishes. Amounts are US dollars.
// https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
type anomalyMessage struct {
	AccountID        string `json:"accountId"`
	AnomalyID        string `json:"anomalyId"`
	AnomalyStartDate string `json:"anomalyStartDate"`
	AnomalyEndDate   string `json:"anomalyEndDate"`
	DimensionalValue string `json:"dimensionalValue"`
	MonitorName      string `json:"monitorName"`
	MonitorArn       string `json:"monitorArn"`
	SubscriptionName string `json:"subscriptionName"`
	DetailsLink      string `json:"anomalyDetailsLink"`
	Score            struct {
		Max float64 `json:"maxScore"`
	} `json:"anomalyScore"`
	Impact *struct {
		Max     float64  `json:"maxImpact"`
		Total   *float64 `json:"totalImpact"`
		Actual  float64  `json:"totalActualSpend"`
		Expect  float64  `json:"totalExpectedSpend"`
		Percent float64  `json:"totalImpactPercentage"`
	} `json:"impact"`
	RootCauses []struct {
		Service     string `json:"service"`
		Region      string `json:"region"`
		UsageType   string `json:"usageType"`
		Account     string `json:"linkedAccount"`
		AccountName string `json:"linkedAccountName"`
	} `json:"rootCauses"`
}

// maxAnomaly bounds a message in bytes, so that the alert fits a frame of the hub.
const maxAnomaly = 16 << 10

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

func parseAnomaly(text string) (contract.Alert, error) {
	var m anomalyMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return contract.Alert{}, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	switch {
	case m.AnomalyID == "" && m.Impact == nil:
		return contract.Alert{}, fmt.Errorf("%w: it starts with %.60q", ErrUnknown, text)
	case m.AnomalyID == "":
		return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, "anomalyId")
	case m.Impact == nil:
		return contract.Alert{}, fmt.Errorf("%w: %q", ErrMissing, "impact")
	case !accountID.MatchString(m.AccountID):
		return contract.Alert{}, fmt.Errorf("%w: accountId %.60q", ErrInvalid, m.AccountID)
	case len(text) > maxAnomaly:
		return contract.Alert{}, fmt.Errorf("%w: anomaly of %d bytes", ErrInvalid, len(text))
	}
	return m.alert(), nil
}

func (m anomalyMessage) alert() contract.Alert {
	impact := m.Impact.Max // messages of the first years knew no total
	if m.Impact.Total != nil {
		impact = *m.Impact.Total
	}
	a := contract.Alert{
		Kind: contract.KindAnomaly, Budget: m.name(), Account: m.AccountID, Link: consoleLink(m.DetailsLink),
		Limit: dollars(m.Impact.Expect), Spent: dollars(m.Impact.Actual),
		Anomaly: &contract.Anomaly{
			ID: m.AnomalyID, Start: m.AnomalyStartDate, End: m.AnomalyEndDate, Impact: dollars(impact),
			ImpactPercent: m.Impact.Percent, Score: m.Score.Max, RootCauses: []contract.RootCause{},
		},
	}
	if m.Impact.Expect > 0 {
		a.SpentPercent = bounded(m.Impact.Actual / m.Impact.Expect * 100)
		a.Percent = a.SpentPercent
	}
	for _, cause := range m.RootCauses {
		a.Anomaly.RootCauses = append(a.Anomaly.RootCauses, contract.RootCause(cause))
	}
	return a
}

// name returns the monitor's name, if the message has it.
func (m anomalyMessage) name() string {
	for _, name := range []string{m.MonitorName, m.SubscriptionName, m.DimensionalValue} {
		if name != "" {
			return name
		}
	}
	return "cost anomaly"
}

// dollars formats an amount as Budgets does.
func dollars(value float64) contract.Amount {
	digits := strconv.FormatFloat(value, 'f', 2, 64)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 6; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return contract.Amount{Value: value, Unit: "USD", Text: sign + "$" + digits}
}
