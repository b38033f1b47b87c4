package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// inertKinds are accepted with any properties and not run.
func inertKinds() map[string]kind {
	const (
		dns         = "names are not resolved here: use the URLs of the outputs"
		certificate = "the local stage speaks plain http"
		network     = "functions are in this machine's network"
		domain      = "APIs answer at the local stage's own address"
	)
	return map[string]kind{
		"AWS::ApiGatewayV2::ApiMapping":        inertKind(domain, logicalID),
		"AWS::ApiGatewayV2::DomainName":        inertKind(domain, domainValues),
		"AWS::CertificateManager::Certificate": inertKind(certificate, certificateValues),
		"AWS::EC2::SecurityGroup":              inertKind(network, securityGroupValues),
		"AWS::Route53::HostedZone":             inertKind(dns, zoneValues),
		"AWS::Route53::RecordSet":              inertKind(dns, recordValues),
		"AWS::Route53::RecordSetGroup":         inertKind(dns, recordValues),
	}
}

func inertKind(reason string, values func(*assembly.Resource, map[string]any) assembly.Values) kind {
	return kind{
		inert: reason,
		plan: func(p *planner, r *assembly.Resource, properties map[string]any) (assembly.Values, error) {
			p.inert(r, reason)
			return values(r, properties), nil
		},
	}
}

func (p *planner) inert(r *assembly.Resource, reason string) {
	p.resources.Inert = append(p.resources.Inert, Inert{ID: identify(r), Type: r.Type, Reason: reason})
}

func logicalID(r *assembly.Resource, _ map[string]any) assembly.Values {
	return assembly.Values{Ref: resourceID(r, 10)}
}

func securityGroupValues(r *assembly.Resource, _ map[string]any) assembly.Values {
	id := "sg-" + resourceID(r, 17)
	return assembly.Values{Ref: id, Attributes: map[string]any{"GroupId": id, "Id": id, "VpcId": "vpc-" + resourceID(r, 17)}}
}

func recordValues(r *assembly.Resource, properties map[string]any) assembly.Values {
	name, _ := properties["Name"].(string)
	return assembly.Values{Ref: orDefault(strings.TrimSuffix(name, "."), r.LogicalID)}
}

func domainValues(r *assembly.Resource, properties map[string]any) assembly.Values {
	name, _ := properties["DomainName"].(string)
	target := "d-" + resourceID(r, 10) + ".execute-api." + r.Stack.Environment.Region + "." + assembly.URLSuffix
	return assembly.Values{Ref: name, Attributes: map[string]any{
		"RegionalDomainName": target, "RegionalHostedZoneId": "Z" + strings.ToUpper(resourceID(r, 13)),
		"DistributionDomainName": target, "DistributionHostedZoneId": "Z" + strings.ToUpper(resourceID(r, 13)),
		"DomainNameArn": "arn:" + assembly.Partition + ":apigateway:" + r.Stack.Environment.Region + "::/domainnames/" + name,
	}}
}

func certificateValues(r *assembly.Resource, _ map[string]any) assembly.Values {
	return assembly.Values{Ref: r.Stack.Environment.ARN("acm", "certificate/"+uuid(r))}
}

func zoneValues(r *assembly.Resource, _ map[string]any) assembly.Values {
	id := "Z" + strings.ToUpper(resourceID(r, 13))
	return assembly.Values{Ref: id, Attributes: map[string]any{
		"Id": id, "NameServers": []any{"ns-1.awsdns-00.com", "ns-2.awsdns-00.net"},
	}}
}
