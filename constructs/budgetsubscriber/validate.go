package budgetsubscriber

import (
	"encoding/json"
	"maps"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/constructs/internal/validate"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// validate panics with all validation errors of the props. Tokens, whose values are not known yet, are left to CloudFormation.
func (p *BudgetSubscriberProps) validate(path *string) {
	const forever = 10 * 365 * 24 * time.Hour
	var e validate.Errors
	validateSource(&e, p)
	validateBudget(&e, p.Budget)
	validateRecipients(&e, p)
	validateTemplates(&e, p.Templates)
	validateDelivery(&e, p)
	schema().Check(&e, "receiptsTable", p.ReceiptsTable)
	resource.WorkQueue{
		Name: "redriveQueue", Queue: p.RedriveQueue, DeadName: "deadLetterQueue", Dead: p.DeadLetterQueue, Timeout: notifyTimeout,
	}.Check(&e)
	e.Number("signatureVersion", p.SignatureVersion, 1, 2)
	e.Duration("receiptRetention", p.ReceiptRetention, contract.DefaultReceiptTTL, forever)
	p.Notify.Validate(&e, contract.FunctionNotify, false, FunctionOptions{})
	p.Notify.ValidateReader(&e, contract.FunctionNotify)
	e.Panic("budget subscriber", path)
}

func validateSource(e *validate.Errors, p *BudgetSubscriberProps) {
	if p.Budget == nil && p.Topic == nil && !p.CostAnomalies {
		e.Addf("one of budget, topic and costAnomalies is required")
	}
	// https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html
	if p.Topic != nil && *p.Topic.Fifo() {
		e.Addf("topic must be a standard one, got the FIFO topic %q: budgets and https subscriptions need a standard one", *p.Topic.Node().Path())
	}
	if len(p.Recipients) == 0 && p.Hub == nil {
		e.Addf("one of recipients and hub is required")
	}
	if p.Room != "" && p.Hub == nil {
		e.Addf("room is %q, but hub is missing", p.Room)
	}
}

func validateBudget(e *validate.Errors, b *Budget) {
	if b == nil {
		return
	}
	if !(b.Amount > 0) { // NaN too
		e.Addf("budget.amount must be above 0, got %v", b.Amount)
	}
	periods := []Period{"", PeriodDaily, PeriodMonthly, PeriodQuarterly, PeriodAnnually}
	if !slices.Contains(periods, b.Period) {
		e.Addf("budget.period must be one of DAILY, MONTHLY, QUARTERLY, ANNUALLY, got %q", b.Period)
	}
	if !validate.Unresolved(b.Currency) && !isCurrency(b.Currency) {
		e.Addf("budget.currency must be a code of ISO 4217 like \"USD\", got %q", b.Currency)
	}
	for _, name := range slices.Sorted(maps.Keys(b.CostFilters)) {
		if name == "" || len(b.CostFilters[name]) == 0 || slices.Contains(b.CostFilters[name], "") {
			e.Addf("budget.costFilters[%q] must have a name and values, got %q", name, b.CostFilters[name])
		}
	}
	if !validate.Unresolved(b.Name) && (len([]rune(b.Name)) > maxTitle || strings.ContainsAny(b.Name, ":\\\r\n") || strings.Contains(b.Name, "/action/")) {
		e.Addf("budget.name may have %d characters and hold no colon, backslash and \"/action/\", got %q", maxTitle, b.Name)
	}
	if len(b.Thresholds) > 10 {
		e.Addf("budget.thresholds may be 10, got %d", len(b.Thresholds))
	}
	for i, t := range b.Thresholds {
		if !(t.Percent >= 0) || !(t.Amount >= 0) || (t.Percent > 0) == (t.Amount > 0) {
			e.Addf("budget.thresholds[%d] must have one of percent and amount above 0, got %v and %v", i, t.Percent, t.Amount)
		}
		// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
		if t.Forecasted && b.Period == PeriodDaily {
			e.Addf("budget.thresholds[%d] is forecasted, which a daily budget cannot be", i)
		}
		if slices.Contains(b.Thresholds[:i], t) {
			e.Addf("budget.thresholds[%d] occurs twice", i)
		}
	}
}

func validateRecipients(e *validate.Errors, p *BudgetSubscriberProps) {
	for i, r := range p.Recipients {
		if !validate.Unresolved(r.Email) && !isAddress(r.Email) {
			e.Addf("recipients[%d].email must be one address, got %q", i, r.Email)
		}
	}
	if text, err := json.Marshal(p.Recipients); err != nil || len(text) > contract.MaxRecipientsBytes {
		e.Addf("recipients must have at most %d bytes as JSON, got %d; use a mailing list", contract.MaxRecipientsBytes, len(text))
	}
	if len(p.Recipients) > 0 && p.Sender == "" {
		e.Addf("sender is missing, which recipients need")
	}
	if p.Sender == "" && p.SenderIdentity != nil {
		e.Addf("senderIdentity is %q, but sender is missing", *p.SenderIdentity.Node().Path())
	}
	sender.Validate(e, p.Sender, p.SenderIdentity)
	sender.ValidateSandboxRecipients(e, p.SandboxRecipients)
	if p.Sender == "" && len(p.SandboxRecipients) > 0 {
		e.Addf("sandboxRecipients is %q, but sender is missing", p.SandboxRecipients)
	}
}

// currencies that people pay with, of ISO 4217.
const currencies = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
	"CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR " +
	"ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP " +
	"MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG " +
	"SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF " +
	"XCD XCG XOF XPF YER ZAR ZMW ZWG"

// isCurrency accepts "", too. Which currency the account's bills have, AWS alone knows.
func isCurrency(code string) bool {
	return code == "" || slices.Contains(strings.Fields(currencies), code)
}

func isAddress(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s
}

// validateTemplates tries the templates here, while somebody looks, and not when the first alert arrives.
func validateTemplates(e *validate.Errors, folder string) {
	if folder == "" {
		return
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		e.Addf("templates: %v", err)
		return
	}
	if len(entries) == 0 {
		e.Addf("templates: folder %q is empty", folder)
	}
	for _, entry := range entries {
		if !slices.Contains(contract.TemplateFiles(), entry.Name()) {
			e.Addf("templates: file %q is none of %s", entry.Name(), strings.Join(contract.TemplateFiles(), ", "))
		}
	}
	parsed, err := contract.ParseTemplates(os.DirFS(folder))
	if err == nil {
		err = parsed.Check()
	}
	if err != nil {
		e.Addf("templates: %v", err)
	}
}

func validateDelivery(e *validate.Errors, p *BudgetSubscriberProps) {
	e.Number("retry.retries", p.Retry.Retries, 1, 100)
	e.Duration("retry.minDelay", p.Retry.MinDelay, time.Second, time.Hour)
	e.Duration("retry.maxDelay", p.Retry.MaxDelay, time.Second, time.Hour)
	low, high := p.Retry.delays()
	if low > high {
		e.Addf("retry.minDelay %s is above retry.maxDelay %s", low, high)
	}
	if total := time.Duration(p.Retry.retries()) * high; total > maxRetryTime {
		e.Addf("retry.retries times retry.maxDelay must be at most %s, got %s", maxRetryTime, total)
	}
	if total := time.Duration(p.Retry.retries()) * low; total < contract.Lease && p.Protocol != ProtocolLambda {
		e.Addf("retry.retries times retry.minDelay must be at least %s, so that an invocation that was killed is made up for, got %s", contract.Lease, total)
	}
	switch p.Protocol {
	case "", ProtocolHTTPS:
	case ProtocolLambda:
		if p.HttpApi != nil || p.HttpApiUrl != "" {
			e.Addf("protocol lambda uses no httpApi, but one is given")
		}
		if p.Retry != (RetryPolicy{}) {
			e.Addf("retry is for protocol https, but protocol is lambda")
		}
	default:
		e.Addf("protocol must be %q or %q, got %q", ProtocolHTTPS, ProtocolLambda, p.Protocol)
	}
	if p.HttpApi != nil {
		e.Excluded(p.AccessLogGroup != nil, "accessLogGroup", "httpApi")
	}
	if p.HttpApiUrl != "" && p.HttpApi == nil {
		e.Addf("httpApiUrl is given without httpApi")
	}
	if p.HttpApiUrl != "" && !validate.Unresolved(p.HttpApiUrl) && !strings.HasPrefix(p.HttpApiUrl, "https://") {
		e.Addf("httpApiUrl must begin with https://, got %q", p.HttpApiUrl)
	}
}
