package main

import (
	"fmt"
	"net/mail"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
)

// Stage is one row of the table of stages: everything in which one deployment differs from another.
type Stage struct {
	Name string

	RemovalPolicy    awscdk.RemovalPolicy
	LogRetention     awslogs.RetentionDays
	HistoryRetention time.Duration
	IntakeRetention  time.Duration

	// Sender is the From of scheduled mails, e.g. "Hermes <no-reply@your-domain>"; -c sender=... sets it. Without one no mail
	// is sent, and messages are published in the hub's rooms only.
	Sender string

	// SenderIdentity is the identity of SES, Sender's address or domain, which you have verified; -c senderIdentity=... sets
	// it. An identity exists once an account and region, so that no stage that is deployed makes one.
	SenderIdentity string

	// SandboxRecipients are identities of SES to which mails may go while the account is in the sandbox; -c sandboxRecipients=...
	// sets them, separated by commas.
	SandboxRecipients []string

	// ScheduleRetention keeps messages that were sent, and their results.
	ScheduleRetention time.Duration

	// ThrottleRate and ThrottleBurst limit the WebSocket stage, in messages a second, and the scheduler's API, in requests
	// a second.
	ThrottleRate, ThrottleBurst int

	// ConnectionsQuota is the account's quota of requests to API Gateway in the region, in requests a second; 0 is AWS's
	// default of 10,000. -c connectionsQuota=... sets it.
	ConnectionsQuota int

	// Encrypted has a key of the stage's own encrypt what holds data; -c encrypted=true sets it. A key costs 1 USD a month.
	Encrypted bool

	// Alarms are made and notify a topic, or not.
	Alarms bool

	// Dashboards show what each construct does.
	Dashboards bool

	// AlarmEmail is subscribed to the topic of the alarms; -c alarmEmail=... sets it.
	AlarmEmail string

	// Console serves the console page by CloudFront. Stage local serves it itself.
	Console bool

	// AllowedOrigins of browsers; none allows all.
	AllowedOrigins []string

	// Domain serves the hub at a name of yours; nil at the execute-api URL.
	Domain *Domain

	// Budget watches what the account spends.
	Budget Budget

	// Architecture of the functions.
	Architecture awslambda.Architecture
}

// Budget of a stage. Without a sender its alerts are published in the hub's room "budget" only. To get e-mail, verify an
// address or domain with SES, set Sender and name Recipients.
type Budget struct {
	Amount     float64 // US dollars a month
	Thresholds []budgetsubscriber.Threshold
	Sender     string // e.g. "Hermes <alerts@example.com>"

	// SenderIdentity is the identity of SES, Sender's address if it is "" or its domain, which you have verified. An identity
	// exists once an account and region, so that stage local alone makes one.
	SenderIdentity string

	Recipients []budgetsubscriber.Recipient
	Retry      budgetsubscriber.RetryPolicy
}

// Domain names a hub. The certificate lies in the stack's region.
type Domain struct {
	Name           string // e.g. "push.example.com"
	CertificateARN string
	HostedZoneID   string
	ZoneName       string // e.g. "example.com"
}

// stages lists every stage. Add a stage, or a domain to one, here.
func stages() []Stage {
	const day = 24 * time.Hour
	return []Stage{
		{
			Name:              "local",
			RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
			LogRetention:      awslogs.RetentionDays_ONE_DAY,
			HistoryRetention:  day,
			IntakeRetention:   4 * day,
			Sender:            "Hermes <no-reply@hermes.example>", // a domain that exists nowhere; only stage local knows it
			ScheduleRetention: 7 * day,
			ThrottleRate:      10_000,
			ThrottleBurst:     5000,
			Alarms:            true,
			Budget: Budget{
				Amount:     100,
				Sender:     "Hermes <alerts@hermes.example>",
				Recipients: []budgetsubscriber.Recipient{{Name: "Ops", Email: "ops@example.com"}},
				// Quick, because somebody watches.
				Retry: budgetsubscriber.RetryPolicy{Retries: 12, MinDelay: 2 * time.Second, MaxDelay: 2 * time.Second},
			},
			Architecture: hostArchitecture(),
		},
		{
			Name:              "dev",
			RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
			LogRetention:      awslogs.RetentionDays_ONE_WEEK,
			HistoryRetention:  day,
			IntakeRetention:   day,
			ScheduleRetention: 7 * day,
			ThrottleRate:      100,
			ThrottleBurst:     200,
			Budget:            Budget{Amount: 50},
			Architecture:      awslambda.Architecture_ARM_64(),
		},
		{
			Name:              "staging",
			RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
			LogRetention:      awslogs.RetentionDays_ONE_MONTH,
			HistoryRetention:  day,
			IntakeRetention:   4 * day,
			ScheduleRetention: 30 * day,
			ThrottleRate:      1000,
			ThrottleBurst:     1000,
			Alarms:            true,
			Dashboards:        true,
			Budget:            Budget{Amount: 200},
			Architecture:      awslambda.Architecture_ARM_64(),
		},
		{
			Name:              "prod",
			RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
			LogRetention:      awslogs.RetentionDays_SIX_MONTHS,
			HistoryRetention:  7 * day,
			IntakeRetention:   14 * day,
			ScheduleRetention: 90 * day,
			ThrottleRate:      2000,
			ThrottleBurst:     2000,
			Alarms:            true,
			Dashboards:        true,
			Budget: Budget{Amount: 1000, Thresholds: []budgetsubscriber.Threshold{
				{Percent: 50}, {Percent: 90}, {Percent: 100, Forecasted: true},
			}},
			Architecture: awslambda.Architecture_ARM_64(),
		},
	}
}

// withContext sets what may differ from one deployment of a stage to the next without editing this file. Sender and identity
// are checked by the constructs.
func (s Stage) withContext(value func(name string) string) (Stage, error) {
	if sender := value("sender"); sender != "" {
		s.Sender, s.SenderIdentity = sender, value("senderIdentity")
		if address, err := mail.ParseAddress(sender); err == nil && s.SenderIdentity == "" {
			s.SenderIdentity = address.Address
		}
	} else if identity := value("senderIdentity"); identity != "" {
		return s, fmt.Errorf("senderIdentity is %q, but sender is missing", identity)
	}
	if s.Budget.SenderIdentity == "" && s.Name != "local" {
		if address, err := mail.ParseAddress(s.Budget.Sender); err == nil {
			s.Budget.SenderIdentity = address.Address
		}
	}
	if recipients := value("sandboxRecipients"); recipients != "" {
		if s.Sender == "" && s.Budget.Sender == "" {
			return s, fmt.Errorf("sandboxRecipients is %q, but sender is missing", recipients)
		}
		s.SandboxRecipients = strings.Split(recipients, ",")
	}
	if s.AlarmEmail = value("alarmEmail"); s.AlarmEmail != "" {
		if address, err := mail.ParseAddress(s.AlarmEmail); err != nil || address.Address != s.AlarmEmail {
			return s, fmt.Errorf("alarmEmail must be an address, got %q", s.AlarmEmail)
		}
		if !s.Alarms {
			return s, fmt.Errorf("alarmEmail is %q, but stage %s has no alarms", s.AlarmEmail, s.Name)
		}
	}
	if quota := value("connectionsQuota"); quota != "" {
		n, err := strconv.Atoi(quota)
		if err != nil || n < 1 {
			return s, fmt.Errorf("connectionsQuota must be a number of requests a second, at least 1, got %q", quota)
		}
		s.ConnectionsQuota = n
	}
	if encrypted := value("encrypted"); encrypted != "" {
		var err error
		if s.Encrypted, err = strconv.ParseBool(encrypted); err != nil {
			return s, fmt.Errorf("encrypted must be true or false, got %q", encrypted)
		}
	}
	return s, nil
}

// stageNamed finds a stage, or names those there are.
func stageNamed(name string) (Stage, error) {
	var known []string
	for _, s := range stages() {
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Stage{}, fmt.Errorf("unknown stage %q, known stages are %s", name, strings.Join(known, ", "))
}

// hostArchitecture is that of this machine, so that stage local runs its binaries natively.
func hostArchitecture() awslambda.Architecture {
	if runtime.GOARCH == "arm64" {
		return awslambda.Architecture_ARM_64()
	}
	return awslambda.Architecture_X86_64()
}
