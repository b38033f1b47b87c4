package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func sesKinds() map[string]kind {
	return map[string]kind{
		"AWS::SES::ConfigurationSet":                 kindOf(planConfigurationSet),
		"AWS::SES::ConfigurationSetEventDestination": kindOf(planEventDestination),
		"AWS::SES::EmailIdentity":                    kindOf(planIdentity),
	}
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

// planIdentity adds an identity, which is not verified yet.
func planIdentity(p *planner, r *assembly.Resource, in identityProperties) (assembly.Values, error) {
	if err := p.claim(r, "ses", in.EmailIdentity); err != nil {
		return assembly.Values{}, err
	}
	i := Identity{ID: identify(r), Name: in.EmailIdentity, ARN: p.arn("ses", "identity/"+in.EmailIdentity)}
	p.resources.Identities = append(p.resources.Identities, i)
	attributes := map[string]any{"EmailIdentityArn": i.ARN}
	for _, n := range []string{"1", "2", "3"} { // DNS records
		attributes["DkimDNSTokenName"+n] = "local" + n + "._domainkey." + in.EmailIdentity
		attributes["DkimDNSTokenValue"+n] = "local" + n + ".dkim.amazonses.com"
	}
	return assembly.Values{Ref: in.EmailIdentity, Attributes: attributes}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-configurationset.html
type configurationSetProperties struct {
	Name           string
	SendingOptions struct {
		SendingEnabled string `only:"true"`
	}

	ArchivingOptions   any `ignored:"mail is kept in the outbox"`
	DeliveryOptions    any `ignored:"mail is kept in the outbox"`
	ReputationOptions  any `ignored:"reputation is not measured"`
	SuppressionOptions any `ignored:"the suppression list holds what is put there"`
	Tags               any `ignored:"nothing reads tags"`
	TrackingOptions    any `ignored:"opens and clicks are not tracked"`
	ValidationOptions  any `ignored:"addresses are not validated"`
	VdmOptions         any `ignored:"deliverability is not measured"`
}

func planConfigurationSet(p *planner, r *assembly.Resource, in configurationSetProperties) (assembly.Values, error) {
	name := physicalName(r, in.Name, maxConfigurationSetName)
	if err := p.claim(r, "ses-configuration-set", name); err != nil {
		return assembly.Values{}, err
	}
	p.resources.ConfigurationSets = append(p.resources.ConfigurationSets, &ConfigurationSet{
		ID: identify(r), Name: name, ARN: p.arn("ses", "configuration-set/"+name),
	})
	return assembly.Values{Ref: name}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-configurationseteventdestination.html
type eventDestinationProperties struct {
	ConfigurationSetName string `required:"true"`
	EventDestination     struct {
		Enabled                bool
		EventBridgeDestination struct {
			EventBusArn string `required:"true"`
		} `required:"true"`
		MatchingEventTypes []string `required:"true"`
		Name               string
	} `required:"true"`
}

// planEventDestination accepts destinations on the default bus of EventBridge, the only bus that SES supports.
func planEventDestination(p *planner, r *assembly.Resource, in eventDestinationProperties) (assembly.Values, error) {
	d := in.EventDestination
	if bus := p.arn("events", "event-bus/default"); d.EventBridgeDestination.EventBusArn != bus {
		return assembly.Values{}, invalid("Properties.EventDestination.EventBridgeDestination.EventBusArn %q is not %s", d.EventBridgeDestination.EventBusArn, bus)
	}
	values := assembly.Values{Ref: resourceID(r, 10), Attributes: map[string]any{"Id": resourceID(r, 10)}}
	for _, set := range p.resources.ConfigurationSets {
		if set.Name != in.ConfigurationSetName {
			continue
		}
		if d.Enabled {
			for _, kind := range d.MatchingEventTypes {
				set.Events = append(set.Events, strings.ToLower(kind))
			}
		}
		return values, nil
	}
	return assembly.Values{}, unsupported("Properties.ConfigurationSetName %s, which is not in the assembly,", in.ConfigurationSetName)
}
