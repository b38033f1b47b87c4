package messagescheduler

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
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

// exclude notes props that another one rules out.
func (f *faults) exclude(given bool, name, by string) {
	if given {
		f.addf("%s is given though %s is", name, by)
	}
}

// validate panics with every fault of the props. Tokens, whose values are not known yet, are left to CloudFormation.
func (p *MessageSchedulerProps) validate(path *string) {
	const day = 24 * time.Hour
	var f faults
	f.sender(p)
	f.bucket(p)
	f.api(p)
	f.number("sendRate", p.SendRate, 1, 100_000)
	f.duration("retention", p.Retention, day, 10*365*day)
	f.number("shards", p.Shards, 1, contract.MaxShards)
	f.duration("lateAfter", p.LateAfter, time.Second, day)
	if p.DisableAlarms && p.LateAfter != 0 {
		f.addf("lateAfter is %s though disableAlarms is set", p.LateAfter)
	}
	for _, fn := range p.functions() {
		f.number(fn.name+".memoryMB", fn.options.MemoryMB, 128, 10_240)
		f.number(fn.name+".reservedConcurrency", fn.options.ReservedConcurrency, 1, 100_000)
		f.number(fn.name+".maxConcurrency", fn.options.MaxConcurrency, 2, 1000)
		if fn.options.MaxConcurrency != 0 && !fn.readsQueue {
			f.addf("%s.maxConcurrency is %d, but %s reads no queue", fn.name, fn.options.MaxConcurrency, fn.name)
		}
	}
	if len(f) > 0 {
		panic(fmt.Sprintf("message scheduler %q: %s", *path, strings.Join(f, "; ")))
	}
}

func (f *faults) sender(p *MessageSchedulerProps) {
	switch {
	case p.Sender == "":
		f.addf("sender is missing")
	case unresolved(p.Sender):
		if p.SenderIdentity == nil {
			f.addf("senderIdentity is missing, which a sender that is known at deployment only needs")
		}
	default:
		if _, err := mail.ParseAddress(p.Sender); err != nil {
			f.addf("sender must be like %q, got %q", "Hermes <no-reply@example.com>", p.Sender)
		}
	}
}

func (f *faults) bucket(p *MessageSchedulerProps) {
	f.exclude(p.Bucket != nil && p.BucketProps != nil, "bucketProps", "bucket")
	prefix := p.BucketPrefix
	if prefix == "" || unresolved(prefix) {
		return
	}
	// A star or question mark would widen the policies, in which the prefix stands.
	if !strings.HasSuffix(prefix, "/") || strings.HasPrefix(prefix, "/") || strings.ContainsAny(prefix, "*?$") {
		f.addf("bucketPrefix must be like %q, got %q", "messages/", prefix)
	}
}

func (f *faults) api(p *MessageSchedulerProps) {
	f.exclude(p.AllowUnauthenticated && p.Authorizer != nil, "allowUnauthenticated", "authorizer")
	if p.HttpApi != nil {
		f.exclude(len(p.AllowedOrigins) > 0, "allowedOrigins", "httpApi")
		f.exclude(p.ThrottleRate != 0, "throttleRate", "httpApi")
		f.exclude(p.ThrottleBurst != 0, "throttleBurst", "httpApi")
	}
	f.number("throttleRate", p.ThrottleRate, 1, 1_000_000)
	f.number("throttleBurst", p.ThrottleBurst, 1, 1_000_000)
	for _, origin := range p.AllowedOrigins {
		if !unresolved(origin) && !isOrigin(origin) {
			f.addf("allowedOrigins must be like %q, got %q", "https://app.example.com", origin)
		}
	}
	url := p.PublicUrl
	if url == "" || unresolved(url) {
		return
	}
	if !strings.HasPrefix(url, "https://") || strings.HasSuffix(url, "/") || strings.ContainsAny(url, "?# ") {
		f.addf("publicUrl must be like %q, got %q", "https://schedule.example.com", url)
	}
}

func isOrigin(origin string) bool {
	rest, found := strings.CutPrefix(origin, "https://")
	if !found {
		rest, found = strings.CutPrefix(origin, "http://")
	}
	return found && rest != "" && !strings.ContainsAny(rest, "/,* ")
}

func unresolved(s string) bool { return *awscdk.Token_IsUnresolved(jsii.String(s)) }
