package contract

import (
	"math"
	"strconv"
	"time"
)

// Kinds of alerts.
const (
	KindBudget  = "budget"  // AWS Budgets
	KindAnomaly = "anomaly" // AWS Cost Anomaly Detection
)

// Types of budget alerts.
const (
	TypeActual     = "ACTUAL"
	TypeForecasted = "FORECASTED"
)

// An Alert is a parsed message of AWS. Templates see it and, as JSON, it is the "data" of the hub's message:
//
//	{"type":"budget","data":{"kind":"budget","id":"..","budget":"Monthly","account":"123456789012","type":"ACTUAL",
//	 "limit":{"value":100,"unit":"USD","text":"$100.00"},"threshold":{..},"spent":{..},"percent":90, ...}}
type Alert struct {
	Kind    string    `json:"kind"`    // KindBudget or KindAnomaly
	ID      string    `json:"id"`      // the SNS MessageId
	Time    time.Time `json:"time"`    // when it was published
	Budget  string    `json:"budget"`  // the budget's name, or the anomaly monitor's
	Account string    `json:"account"` // 12 digits
	Link    string    `json:"link"`    // page of the AWS console

	Type       string `json:"type,omitempty"`        // TypeActual or TypeForecasted; budgets only
	BudgetType string `json:"budget_type,omitempty"` // as AWS writes it, e.g. "Cost", "Usage"
	Period     string `json:"period,omitempty"`      // "day", "month", "quarter", "year", or "" where the text does not say
	Date       string `json:"date,omitempty"`        // of the alert as AWS writes it, e.g. "January 28, 2026"
	Comparison string `json:"comparison,omitempty"`  // of Spent with Threshold: ">", "<" or "="

	Limit     Amount `json:"limit"`     // the budgeted amount; of an anomaly what was expected
	Threshold Amount `json:"threshold"` // that was exceeded; none for an anomaly
	Spent     Amount `json:"spent"`     // the actual or forecasted amount

	// ThresholdPercent and SpentPercent are Threshold and Spent as percentages of Limit, 0 where Limit is 0.
	ThresholdPercent float64 `json:"threshold_percent"`
	SpentPercent     float64 `json:"spent_percent"`
	// Percent is the percentage in the subject: ThresholdPercent without the effect of rounding to cents, or
	// SpentPercent if the threshold was too small to be written in cents.
	Percent float64 `json:"percent"`

	Anomaly *Anomaly `json:"anomaly,omitempty"` // nil for budgets
}

// An Amount is money, or another unit for usage budgets.
type Amount struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // ISO 4217 code, "%", another unit as written, or ""
	Text  string  `json:"text"` // as AWS wrote it, e.g. "$1,234.56"
}

// An Anomaly has the fields that only Cost Anomaly Detection sends.
type Anomaly struct {
	ID            string      `json:"id"`
	Start         string      `json:"start"`  // RFC 3339
	End           string      `json:"end"`    // RFC 3339
	Impact        Amount      `json:"impact"` // spent beyond what was expected
	ImpactPercent float64     `json:"impact_percent"`
	Score         float64     `json:"score"` // the highest, 0 to 1
	RootCauses    []RootCause `json:"root_causes"`
}

// A RootCause is a source of an anomaly; fields may be empty.
type RootCause struct {
	Service     string `json:"service"`
	Region      string `json:"region"`
	UsageType   string `json:"usage_type"`
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
}

// Forecast reports whether the alert is about money not spent yet.
func (a Alert) Forecast() bool { return a.Type == TypeForecasted }

// PercentText returns Percent with at most one decimal, e.g. "90" or "12.5".
func (a Alert) PercentText() string { return percent(a.Percent) }

// ThresholdPercentText returns ThresholdPercent with at most one decimal.
func (a Alert) ThresholdPercentText() string { return percent(a.ThresholdPercent) }

// Below reports whether the alert is about too little: unused reservations, for instance.
func (a Alert) Below() bool { return a.Comparison == "<" }

// SpentPercentText returns SpentPercent with at most one decimal.
func (a Alert) SpentPercentText() string { return percent(a.SpentPercent) }

// BarFilled returns how much of a bar of 100 parts is filled, 0 to 100.
func (a Alert) BarFilled() int { return int(math.Round(min(100, max(0, a.SpentPercent)))) }

// BarEmpty returns the rest of the bar.
func (a Alert) BarEmpty() int { return 100 - a.BarFilled() }

func percent(p float64) string {
	return strconv.FormatFloat(math.Round(p*10)/10, 'f', -1, 64)
}
