package messagescheduler

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/constructs/internal/validate"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// validate panics with all validation errors of the props. Tokens, whose values are not known yet, are left to CloudFormation.
func (p *MessageSchedulerProps) validate(path *string) {
	const day = 24 * time.Hour
	var e validate.Errors
	validateSender(&e, p)
	validateBucket(&e, p)
	validateApi(&e, p)
	validateGiven(&e, p)
	e.Number("sendRate", p.SendRate, 1, 100_000)
	e.Duration("retention", p.Retention, day, 10*365*day)
	e.Number("shards", p.Shards, 1, contract.MaxShards)
	e.Duration("lateAfter", p.LateAfter, time.Second, day)
	if p.DisableAlarms && p.LateAfter != 0 {
		e.Addf("lateAfter is %s though disableAlarms is set", p.LateAfter)
	}
	p.Functions.ValidateAll(&e, "functions")
	for _, fn := range p.functions() {
		fn.options.Validate(&e, fn.name, fn.readsQueue, p.Functions)
	}
	e.Panic("message scheduler", path)
}

func validateSender(e *validate.Errors, p *MessageSchedulerProps) {
	switch {
	case p.Sender != "":
		if validate.Unresolved(p.Sender) && p.SenderIdentity == nil {
			e.Addf("senderIdentity is missing, which a sender that is known at deployment only needs")
		}
		sender.Validate(e, p.Sender, p.SenderIdentity)
		sender.ValidateSandboxRecipients(e, p.SandboxRecipients)
		return
	case p.Hub == nil:
		e.Addf("one of sender and hub is required")
	}
	unused := func(given bool, format string, value any) {
		if given {
			e.Addf(format+", but sender is missing", value)
		}
	}
	unused(p.SenderIdentity != nil, "senderIdentity is %q", pathOf(p.SenderIdentity))
	unused(len(p.SandboxRecipients) > 0, "sandboxRecipients is %q", p.SandboxRecipients)
	unused(p.ConfigurationSet != nil, "configurationSet is %q", pathOf(p.ConfigurationSet))
	unused(p.SendRate != 0, "sendRate is %d", p.SendRate)
	unused(p.DoubleOptIn, "doubleOptIn is %t", p.DoubleOptIn)
	unused(p.DeliveryQueue != nil, "deliveryQueue is %q", pathOf(p.DeliveryQueue))
	unused(p.DeliveryDeadLetterQueue != nil, "deliveryDeadLetterQueue is %q", pathOf(p.DeliveryDeadLetterQueue))
}

func pathOf(c constructs.IConstruct) string {
	if c == nil {
		return ""
	}
	return *c.Node().Path()
}

func validateBucket(e *validate.Errors, p *MessageSchedulerProps) {
	e.Excluded(p.Bucket != nil && p.BucketProps != nil, "bucketProps", "bucket")
	if props := p.BucketProps; props != nil {
		if props.PublicReadAccess != nil && *props.PublicReadAccess {
			e.Addf("bucketProps.publicReadAccess is true, but messages are private")
		}
		switch props.AccessControl {
		case awss3.BucketAccessControl_PUBLIC_READ, awss3.BucketAccessControl_PUBLIC_READ_WRITE, awss3.BucketAccessControl_AUTHENTICATED_READ:
			e.Addf("bucketProps.accessControl is %s, but messages are private", props.AccessControl)
		}
	}
	prefix := p.BucketPrefix
	if prefix == "" || validate.Unresolved(prefix) {
		return
	}
	// A star or question mark would widen the policies, in which the prefix stands.
	if !strings.HasSuffix(prefix, "/") || strings.HasPrefix(prefix, "/") || strings.ContainsAny(prefix, "*?$") {
		e.Addf("bucketPrefix must be like %q, got %q", "messages/", prefix)
	}
}

// validateGiven checks the resources that the scheduler is to use instead of making them.
func validateGiven(e *validate.Errors, p *MessageSchedulerProps) {
	wanted := newSchemas()
	wanted.schedule.Check(e, "scheduleTable", p.ScheduleTable)
	wanted.subscribers.Check(e, "subscribersTable", p.SubscribersTable)
	wanted.deliveries.Check(e, "deliveriesTable", p.DeliveriesTable)
	for _, queue := range []resource.WorkQueue{
		{Name: "dueQueue", Queue: p.DueQueue, DeadName: "dueDeadLetterQueue", Dead: p.DueDeadLetterQueue},
		{Name: "deliveryQueue", Queue: p.DeliveryQueue, DeadName: "deliveryDeadLetterQueue", Dead: p.DeliveryDeadLetterQueue},
	} {
		queue.Timeout = contract.TimeoutWorker
		queue.Check(e)
	}
}

func validateApi(e *validate.Errors, p *MessageSchedulerProps) {
	e.Excluded(p.AllowUnauthenticated && p.Authorizer != nil, "allowUnauthenticated", "authorizer")
	if p.HttpApi != nil {
		e.Excluded(len(p.AllowedOrigins) > 0, "allowedOrigins", "httpApi")
		e.Excluded(p.ThrottleRate != 0, "throttleRate", "httpApi")
		e.Excluded(p.ThrottleBurst != 0, "throttleBurst", "httpApi")
		e.Excluded(p.AccessLogGroup != nil, "accessLogGroup", "httpApi")
	}
	e.Number("throttleRate", p.ThrottleRate, 1, 1_000_000)
	e.Number("throttleBurst", p.ThrottleBurst, 1, 1_000_000)
	e.Origins("allowedOrigins", p.AllowedOrigins)
	url := p.PublicUrl
	if url == "" || validate.Unresolved(url) {
		return
	}
	if !strings.HasPrefix(url, "https://") || strings.HasSuffix(url, "/") || strings.ContainsAny(url, "?# ") {
		e.Addf("publicUrl must be like %q, got %q", "https://schedule.example.com", url)
	}
}
