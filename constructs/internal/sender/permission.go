package sender

import (
	"net/mail"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// A Permission allows e-mail as Sender, and as no other address of its identity.
type Permission struct {
	Sender            string // as a construct is given it
	Identity          awsses.IEmailIdentity
	ConfigurationSet  awsses.IConfigurationSet
	SandboxRecipients []string
}

// Statement allows it. SES asks for the identity, the configuration set and, in the sandbox, the identity of the recipient.
// https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
func (p Permission) Statement(scope constructs.Construct) awsiam.PolicyStatement {
	resources := []*string{p.Identity.EmailIdentityArn(), ConfigurationSetARN(scope, p.ConfigurationSet)}
	for _, recipient := range p.SandboxRecipients {
		resources = append(resources, awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("ses"), Resource: jsii.String("identity"), ResourceName: jsii.String(recipient),
		}))
	}
	statement := &awsiam.PolicyStatementProps{Actions: jsii.Strings("ses:SendEmail"), Resources: &resources}
	if !validate.Unresolved(p.Sender) {
		statement.Conditions = &map[string]any{"StringEquals": map[string]any{"ses:FromAddress": Address(p.Sender)}}
	}
	return awsiam.NewPolicyStatement(statement)
}

// ValidateSandboxRecipients checks that each names an identity: an address or a domain. Tokens are valid.
func ValidateSandboxRecipients(e *validate.Errors, recipients []string) {
	for i, r := range recipients {
		address := r
		if !strings.Contains(r, "@") {
			address = "postmaster@" + r
		}
		if parsed, err := mail.ParseAddress(address); !validate.Unresolved(r) && (err != nil || parsed.Address != address || !strings.Contains(r, ".")) {
			e.Addf("sandboxRecipients[%d] must be an address or a domain, got %q", i, r)
		}
	}
}
