package notificationhub

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/constructs/internal/validate"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// validate panics with all validation errors of the props. Tokens, whose values are not known yet, are left to CloudFormation.
func (p *NotificationHubProps) validate(path *string) {
	const forever = 10 * 365 * 24 * time.Hour
	var e validate.Errors
	e.Duration("intakeVisibilityTimeout", p.IntakeVisibilityTimeout, workerTimeout, 15*time.Minute)
	e.Number("intakeMaxReceiveCount", p.IntakeMaxReceiveCount, 1, 1000)
	e.Duration("intakeRetention", p.IntakeRetention, time.Minute, 14*24*time.Hour)
	e.Duration("connectionRetention", p.ConnectionRetention, 2*time.Hour, forever)
	e.Duration("historyRetention", p.HistoryRetention, time.Second, forever)
	if p.DisableHistory && p.HistoryRetention != 0 {
		e.Addf("historyRetention is %s though disableHistory is set", p.HistoryRetention)
	}
	e.Number("throttleRate", p.ThrottleRate, 1, 1_000_000)
	e.Number("throttleBurst", p.ThrottleBurst, 1, 1_000_000)
	e.Number("connectionsQuota", p.ConnectionsQuota, 1, 1_000_000)
	e.Number("connectionsShare", p.ConnectionsShare, 1, 100)
	validateStageName(&e, p.StageName)
	p.validateGiven(&e)
	e.Origins("allowedOrigins", p.AllowedOrigins)
	p.CustomDomain.validate(&e)
	p.Functions.ValidateAll(&e, "functions")
	for _, fn := range p.functions() {
		fn.options.Validate(&e, fn.name, fn.readsQueue, p.Functions)
	}
	e.Panic("notification hub", path)
}

// validateGiven checks the resources that the hub is to use instead of making them.
func (p *NotificationHubProps) validateGiven(e *validate.Errors) {
	wanted := newSchemas()
	wanted.connections.Check(e, "connectionsTable", p.ConnectionsTable)
	wanted.rooms.Check(e, "roomsTable", p.RoomsTable)
	wanted.messages.Check(e, "messagesTable", p.MessagesTable)
	wanted.tokens.Check(e, "tokensTable", p.TokensTable)
	resource.WorkQueue{
		Name: "intakeQueue", Queue: p.IntakeQueue, DeadName: "deadLetterQueue", Dead: p.DeadLetterQueue, Timeout: p.intakeVisibility(),
	}.Check(e)
	resource.WorkQueue{
		Name: "fanoutQueue", Queue: p.FanoutQueue, DeadName: "fanoutDeadLetterQueue", Dead: p.FanoutDeadLetterQueue, Timeout: workerTimeout,
	}.Check(e)
	if p.IntakeQueue != nil {
		e.Excluded(p.IntakeMaxReceiveCount != 0, "intakeMaxReceiveCount", "intakeQueue")
		e.Excluded(p.IntakeRetention != 0, "intakeRetention", "intakeQueue")
	}
	if p.WebSocketApi == nil {
		return
	}
	if made, ok := p.WebSocketApi.Node().DefaultChild().(awsapigatewayv2.CfnApi); ok && made.RouteSelectionExpression() != nil {
		if got := *made.RouteSelectionExpression(); got != contract.RouteSelectionExpression {
			e.Addf("webSocketApi must have the route selection expression %q, got %q", contract.RouteSelectionExpression, got)
		}
	}
}

func validateStageName(e *validate.Errors, name string) {
	if validate.Unresolved(name) {
		return
	}
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r) {
			e.Addf("stageName may hold letters, digits, hyphens and underscores, got %q", name)
			return
		}
	}
	if len(name) > 128 {
		e.Addf("stageName must have at most 128 characters, got %d", len(name))
	}
}

func (d *CustomDomain) validate(e *validate.Errors) {
	if d == nil {
		return
	}
	if d.DomainName == "" {
		e.Addf("customDomain.domainName is missing")
	}
	if !validate.Unresolved(d.DomainName) && strings.ContainsAny(d.DomainName, ":/ ") {
		e.Addf("customDomain.domainName must be a bare host name, got %q", d.DomainName)
	}
	if d.Certificate == nil {
		e.Addf("customDomain.certificate is missing")
	}
	if d.HostedZone == nil {
		e.Addf("customDomain.hostedZone is missing")
	}
}
