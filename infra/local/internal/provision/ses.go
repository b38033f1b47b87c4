package provision

import "github.com/hermes-cdk/hermes/infra/local/internal/assembly"

func sesKinds() map[string]kind {
	return map[string]kind{"AWS::SES::EmailIdentity": kindOf(planIdentity)}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-emailidentity.html
type identityProperties struct {
	EmailIdentity string `required:"true"`

	DkimAttributes        any `ignored:"mail is kept in the outbox, unsigned"`
	DkimSigningAttributes any `ignored:"mail is kept in the outbox, unsigned"`
	FeedbackAttributes    any `ignored:"nothing bounces"`
	MailFromAttributes    any `ignored:"mail is kept in the outbox"`
	Tags                  any `ignored:"nothing reads tags"`
}

// planIdentity takes every identity for verified: whoever deploys it to AWS has to answer a mail or set DNS records.
func planIdentity(p *planner, r *assembly.Resource, in identityProperties) (assembly.Values, error) {
	if err := p.claim(r, "ses", in.EmailIdentity); err != nil {
		return assembly.Values{}, err
	}
	i := Identity{ID: identify(r), Name: in.EmailIdentity, ARN: arn("ses", "identity/"+in.EmailIdentity)}
	p.world.Identities = append(p.world.Identities, i)
	attributes := map[string]any{"EmailIdentityArn": i.ARN}
	for _, n := range []string{"1", "2", "3"} { // records to set in DNS
		attributes["DkimDNSTokenName"+n] = "local" + n + "._domainkey." + in.EmailIdentity
		attributes["DkimDNSTokenValue"+n] = "local" + n + ".dkim.amazonses.com"
	}
	return assembly.Values{Ref: in.EmailIdentity, Attributes: attributes}, nil
}
