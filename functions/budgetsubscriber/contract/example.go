package contract

import "time"

// ExampleAlerts are alerts for trying templates: an actual one, a forecast, a budget without a limit, and an anomaly.
func ExampleAlerts() []Alert {
	at := time.Date(2026, time.November, 20, 9, 30, 0, 0, time.UTC)
	dollars := func(value float64, text string) Amount { return Amount{Value: value, Unit: "USD", Text: text} }
	actual := Alert{
		Kind: KindBudget, ID: "8f1d1a2c-6c1c-5d4f-9a55-4a0b2f6f9d10", Time: at, Budget: "Monthly", Account: "123456789012",
		Link: "https://console.aws.amazon.com/costmanagement/home#/budgets", Type: TypeActual, BudgetType: "Cost", Period: "month",
		Date: "November 20, 2026", Comparison: ">", Limit: dollars(1000, "$1,000.00"), Threshold: dollars(900, "$900.00"),
		Spent: dollars(912.34, "$912.34"), ThresholdPercent: 90, SpentPercent: 91.234, Percent: 90,
	}
	forecast := actual
	forecast.Type, forecast.Spent, forecast.SpentPercent = TypeForecasted, dollars(1234.5, "$1,234.50"), 123.45
	empty := actual
	empty.Limit, empty.ThresholdPercent, empty.SpentPercent, empty.Percent = dollars(0, "$0.00"), 0, 0, 0
	anomaly := Alert{
		Kind: KindAnomaly, ID: actual.ID, Time: at, Budget: "Services", Account: actual.Account,
		Link:  "https://console.aws.amazon.com/cost-management/home#/anomaly-detection/monitors/a/anomalies/b",
		Limit: dollars(300, "$300.00"), Spent: dollars(1301, "$1,301.00"), SpentPercent: 433.7, Percent: 433.7,
		Anomaly: &Anomaly{
			ID: "b", Start: "2026-11-19T00:00:00Z", End: "2026-11-20T00:00:00Z", Impact: dollars(1001, "$1,001.00"),
			ImpactPercent: 333.7, Score: 0.47,
			RootCauses: []RootCause{{Service: "AmazonEC2", Region: "eu-west-1", UsageType: "BoxUsage:m5.large", Account: actual.Account, AccountName: "prod"}},
		},
	}
	return []Alert{actual, forecast, empty, anomaly}
}
