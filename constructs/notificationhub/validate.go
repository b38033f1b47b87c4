package notificationhub

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
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
func (p *NotificationHubProps) validate(path *string) {
	const forever = 10 * 365 * 24 * time.Hour
	var f faults
	f.duration("intakeVisibilityTimeout", p.IntakeVisibilityTimeout, broadcastTimeout, 12*time.Hour)
	f.number("intakeMaxReceiveCount", p.IntakeMaxReceiveCount, 1, 1000)
	f.duration("intakeRetention", p.IntakeRetention, time.Minute, 14*24*time.Hour)
	f.duration("connectionRetention", p.ConnectionRetention, 2*time.Hour, forever)
	f.duration("historyRetention", p.HistoryRetention, time.Second, forever)
	if p.DisableHistory && p.HistoryRetention != 0 {
		f.addf("historyRetention is %s though disableHistory is set", p.HistoryRetention)
	}
	f.number("throttleRate", p.ThrottleRate, 1, 1_000_000)
	f.number("throttleBurst", p.ThrottleBurst, 1, 1_000_000)
	f.stageName(p.StageName)
	f.origins(p.AllowedOrigins)
	f.customDomain(p.CustomDomain)
	for _, fn := range p.functions() {
		f.number(fn.name+".memoryMB", fn.options.MemoryMB, 128, 10_240)
		f.number(fn.name+".reservedConcurrency", fn.options.ReservedConcurrency, 1, 100_000)
		f.number(fn.name+".maxConcurrency", fn.options.MaxConcurrency, 2, 1000)
		if fn.options.MaxConcurrency != 0 && !fn.readsQueue {
			f.addf("%s.maxConcurrency is %d, but %s reads no queue", fn.name, fn.options.MaxConcurrency, fn.name)
		}
	}
	if len(f) > 0 {
		panic(fmt.Sprintf("notification hub %q: %s", *path, strings.Join(f, "; ")))
	}
}

func (f *faults) stageName(name string) {
	if unresolved(name) {
		return
	}
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r) {
			f.addf("stageName may hold letters, digits, hyphens and underscores, got %q", name)
			return
		}
	}
	if len(name) > 128 {
		f.addf("stageName must have at most 128 characters, got %d", len(name))
	}
}

func (f *faults) origins(origins []string) {
	for _, origin := range origins {
		if unresolved(origin) {
			continue
		}
		rest, found := strings.CutPrefix(origin, "https://")
		if !found {
			rest, found = strings.CutPrefix(origin, "http://")
		}
		if !found || rest == "" || strings.ContainsAny(rest, "/,* ") {
			f.addf("allowedOrigins must be like %q, got %q", "https://app.example.com", origin)
		}
	}
}

func (f *faults) customDomain(d *CustomDomain) {
	if d == nil {
		return
	}
	if d.DomainName == "" {
		f.addf("customDomain.domainName is missing")
	}
	if !unresolved(d.DomainName) && strings.ContainsAny(d.DomainName, ":/ ") {
		f.addf("customDomain.domainName must be a bare host name, got %q", d.DomainName)
	}
	if d.Certificate == nil {
		f.addf("customDomain.certificate is missing")
	}
	if d.HostedZone == nil {
		f.addf("customDomain.hostedZone is missing")
	}
}

func unresolved(s string) bool { return *awscdk.Token_IsUnresolved(jsii.String(s)) }
