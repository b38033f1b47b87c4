// Package sender finds the SES identity for which a construct sends.
package sender

import (
	"net/mail"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// Validate checks a sender such as "Hermes <no-reply@example.com>", and that the identity, if given, may send for it. Tokens
// are valid.
func Validate(e *validate.Errors, sender string, identity awsses.IEmailIdentity) {
	if sender == "" || validate.Unresolved(sender) {
		return
	}
	if _, err := mail.ParseAddress(sender); err != nil {
		e.Addf("sender must be like %q, got %q", "Hermes <no-reply@example.com>", sender)
		return
	}
	if identity == nil {
		return
	}
	if name := *identity.EmailIdentityName(); !validate.Unresolved(name) && !covers(name, Address(sender)) {
		e.Addf("senderIdentity must be %q or its domain, got %q", Address(sender), name)
	}
}

// covers reports whether an identity, an address or a domain, may send for an address. A domain stands for its subdomains.
// https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
func covers(identity, address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return identity == address || identity == domain || strings.HasSuffix(domain, "."+identity)
}

// Address is the bare address of a sender. A token and what is no address stay as they are.
func Address(sender string) string {
	if parsed, err := mail.ParseAddress(sender); err == nil && !validate.Unresolved(sender) {
		return parsed.Address
	}
	return sender
}

// Identity makes the identity of a sender's address. An identity exists once an account and region, so that the constructs
// of a stack share it; a second stack must be given the identity of the first.
// https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
func Identity(scope constructs.Construct, sender string) awsses.IEmailIdentity {
	stack, id := awscdk.Stack_Of(scope), jsii.String("Sender "+Address(sender))
	if made, ok := stack.Node().TryFindChild(id).(awsses.IEmailIdentity); ok {
		return made
	}
	return awsses.NewEmailIdentity(stack, id, &awsses.EmailIdentityProps{
		Identity: awsses.Identity_Email(jsii.String(Address(sender))),
	})
}
