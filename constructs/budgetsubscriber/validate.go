package budgetsubscriber

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// faults collects everything wrong with the props, so that one run shows it all.
type faults []string

func (f *faults) addf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// duration checks a whole number of seconds between low and high; zero is the default and always right.
func (f *faults) duration(name string, value, low, high time.Duration) {
	switch {
	case value == 0:
	case value%time.Second != 0:
		f.addf("%s must be whole seconds, got %s", name, value)
	case value < low || value > high:
		f.addf("%s must be between %s and %s, got %s", name, low, high, value)
	}
}

// number checks a whole number between low and high; zero is the default and always right.
func (f *faults) number(name string, value, low, high int) {
	if value != 0 && (value < low || value > high) {
		f.addf("%s must be between %d and %d, got %d", name, low, high, value)
	}
}

// validate panics with every fault of the props. Tokens, whose values are not known yet, are left to CloudFormation.
func (p *BudgetSubscriberProps) validate(path *string) {
	const forever = 10 * 365 * 24 * time.Hour
	var f faults
	f.source(p)
	f.budget(p.Budget)
	f.recipients(p)
	f.templates(p.Templates)
	f.delivery(p)
	f.number("signatureVersion", p.SignatureVersion, 1, 2)
	f.duration("receiptRetention", p.ReceiptRetention, time.Hour, forever)
	f.number("notify.memoryMB", p.Notify.MemoryMB, 128, 10_240)
	f.number("notify.reservedConcurrency", p.Notify.ReservedConcurrency, 1, 100_000)
	if len(f) > 0 {
		panic(fmt.Sprintf("budget subscriber %q: %s", *path, strings.Join(f, "; ")))
	}
}

func (f *faults) source(p *BudgetSubscriberProps) {
	if p.Budget == nil && p.Topic == nil && !p.CostAnomalies {
		f.addf("one of budget, topic and costAnomalies is required")
	}
	if p.Topic != nil && p.EncryptionKey != nil {
		f.addf("encryptionKey is for a topic that the subscriber makes, but topic is given")
	}
	if len(p.Recipients) == 0 && p.Hub == nil {
		f.addf("nobody would be told: one of recipients and hub is required")
	}
	if p.Room != "" && p.Hub == nil {
		f.addf("room is %q, but hub is missing", p.Room)
	}
}

func (f *faults) budget(b *Budget) {
	if b == nil {
		return
	}
	if !(b.Amount > 0) { // NaN too
		f.addf("budget.amount must be above 0, got %v", b.Amount)
	}
	periods := []Period{"", PeriodDaily, PeriodMonthly, PeriodQuarterly, PeriodAnnually}
	if !slices.Contains(periods, b.Period) {
		f.addf("budget.period must be one of DAILY, MONTHLY, QUARTERLY, ANNUALLY, got %q", b.Period)
	}
	if !unresolved(b.Name) && (len([]rune(b.Name)) > maxTitle || strings.ContainsAny(b.Name, ":\\\r\n") || strings.Contains(b.Name, "/action/")) {
		f.addf("budget.name may have %d characters and hold no colon, backslash and \"/action/\", got %q", maxTitle, b.Name)
	}
	if len(b.Thresholds) > 10 {
		f.addf("budget.thresholds may be 10, got %d", len(b.Thresholds))
	}
	for i, t := range b.Thresholds {
		if !(t.Percent >= 0) || !(t.Amount >= 0) || (t.Percent > 0) == (t.Amount > 0) {
			f.addf("budget.thresholds[%d] must have one of percent and amount above 0, got %v and %v", i, t.Percent, t.Amount)
		}
		// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
		if t.Forecasted && b.Period == PeriodDaily {
			f.addf("budget.thresholds[%d] is forecasted, which a daily budget cannot be", i)
		}
		if slices.Contains(b.Thresholds[:i], t) {
			f.addf("budget.thresholds[%d] occurs twice", i)
		}
	}
}

func (f *faults) recipients(p *BudgetSubscriberProps) {
	for i, r := range p.Recipients {
		if !unresolved(r.Email) && !isAddress(r.Email) {
			f.addf("recipients[%d].email must be one address, got %q", i, r.Email)
		}
	}
	if text, err := json.Marshal(p.Recipients); err != nil || len(text) > contract.MaxRecipientsBytes {
		f.addf("recipients must have at most %d bytes as JSON, got %d; use a mailing list", contract.MaxRecipientsBytes, len(text))
	}
	if len(p.Recipients) > 0 && p.Sender == "" {
		f.addf("sender is missing, which recipients need")
	}
	if p.Sender == "" && p.SenderIdentity != nil {
		f.addf("senderIdentity is given without sender")
	}
	if _, err := mail.ParseAddress(p.Sender); p.Sender != "" && !unresolved(p.Sender) && err != nil {
		f.addf("sender must be an address, bare or with a name, got %q", p.Sender)
	}
}

func isAddress(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s
}

// templates tries them here, while somebody looks, and not when the first alert arrives.
func (f *faults) templates(folder string) {
	if folder == "" {
		return
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		f.addf("templates: %v", err)
		return
	}
	if len(entries) == 0 {
		f.addf("templates: folder %q is empty", folder)
	}
	for _, entry := range entries {
		if !slices.Contains(contract.TemplateFiles(), entry.Name()) {
			f.addf("templates: file %q is none of %s", entry.Name(), strings.Join(contract.TemplateFiles(), ", "))
		}
	}
	parsed, err := contract.ParseTemplates(os.DirFS(folder))
	if err == nil {
		err = parsed.Check()
	}
	if err != nil {
		f.addf("templates: %v", err)
	}
}

func (f *faults) delivery(p *BudgetSubscriberProps) {
	f.number("retry.retries", p.Retry.Retries, 1, 100)
	f.duration("retry.minDelay", p.Retry.MinDelay, time.Second, time.Hour)
	f.duration("retry.maxDelay", p.Retry.MaxDelay, time.Second, time.Hour)
	low, high := p.Retry.delays()
	if low > high {
		f.addf("retry.minDelay %s is above retry.maxDelay %s", low, high)
	}
	if total := time.Duration(p.Retry.retries()) * high; total > maxRetryTime {
		f.addf("retry.retries times retry.maxDelay must be at most %s, got %s", maxRetryTime, total)
	}
	switch p.Protocol {
	case "", ProtocolHTTPS:
	case ProtocolLambda:
		if p.HttpApi != nil || p.HttpApiUrl != "" {
			f.addf("protocol lambda uses no httpApi, but one is given")
		}
		if p.Retry != (RetryPolicy{}) {
			f.addf("retry is for protocol https, but protocol is lambda")
		}
	default:
		f.addf("protocol must be %q or %q, got %q", ProtocolHTTPS, ProtocolLambda, p.Protocol)
	}
	if p.HttpApiUrl != "" && p.HttpApi == nil {
		f.addf("httpApiUrl is given without httpApi")
	}
	if p.HttpApiUrl != "" && !unresolved(p.HttpApiUrl) && !strings.HasPrefix(p.HttpApiUrl, "https://") {
		f.addf("httpApiUrl must begin with https://, got %q", p.HttpApiUrl)
	}
}

func unresolved(s string) bool { return *awscdk.Token_IsUnresolved(jsii.String(s)) }
