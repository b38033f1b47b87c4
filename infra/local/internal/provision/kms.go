package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
)

func kmsKinds() map[string]kind {
	return map[string]kind{
		"AWS::KMS::Key":   kindOf(planKey),
		"AWS::KMS::Alias": kindOf(planKeyAlias),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
type keyProperties struct {
	Enabled   string `only:"true"`
	KeyPolicy any
	KeySpec   string `only:"SYMMETRIC_DEFAULT"`
	KeyUsage  string `only:"ENCRYPT_DECRYPT"`

	BypassPolicyLockoutSafetyCheck any `ignored:"the policy is that of the template"`
	Description                    any `ignored:"documentation only"`
	EnableKeyRotation              any `ignored:"nothing is encrypted at rest"`
	MultiRegion                    any `ignored:"there is one region"`
	Origin                         any `ignored:"nothing is encrypted at rest"`
	PendingWindowInDays            any `ignored:"the local stage deletes no key"`
	RotationPeriodInDays           any `ignored:"nothing is encrypted at rest"`
	Tags                           any `ignored:"nothing reads tags"`
}

// planKey adds a key. Without a policy it has KMS's own, which hands over to the account's.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func planKey(p *planner, r *assembly.Resource, in keyProperties) (assembly.Values, error) {
	id := uuid(r)
	keyARN := p.arn("kms", "key/"+id)
	p.keys[id], p.keys[keyARN] = keyARN, keyARN
	values := assembly.Values{Ref: id, Attributes: map[string]any{"Arn": keyARN, "KeyId": id}}
	if in.KeyPolicy == nil {
		in.KeyPolicy = p.handOver()
	}
	return values, p.resourcePolicy(r, keyARN, in.KeyPolicy)
}

// handOver is the policy of a key that leaves everything to the account's policies.
func (p *planner) handOver() map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": p.globalARN("iam", "root")}, "Action": "kms:*", "Resource": "*",
	}}}
}

type keyAliasProperties struct {
	AliasName   string `required:"true"`
	TargetKeyId string `required:"true"` //nolint:revive // the property's name
}

func planKeyAlias(p *planner, r *assembly.Resource, in keyAliasProperties) (assembly.Values, error) {
	if err := p.claim(r, "kms", in.AliasName); err != nil {
		return assembly.Values{}, err
	}
	keyARN, ok := p.keys[in.TargetKeyId]
	if !ok {
		return assembly.Values{}, unsupported("Properties.TargetKeyId %s, which is not a key of the assembly,", in.TargetKeyId)
	}
	p.keys[in.AliasName], p.keys[p.arn("kms", in.AliasName)] = keyARN, keyARN
	return assembly.Values{Ref: in.AliasName}, nil
}

// encrypt notes that a key encrypts a resource: its id, ARN, alias, or alias's ARN; "" and the keys that AWS manages take no
// permission. A key of another assembly or account has a policy that is not known here: it counts as KMS's own.
func (p *planner) encrypt(r *assembly.Resource, path, key, resourceARN string) {
	if key == "" || kms.IsManaged(key) {
		return
	}
	p.later(r, func() error {
		keyARN, ok := p.keys[key]
		switch {
		case ok:
		case strings.HasPrefix(key, "arn:") && strings.Contains(key, ":key/"):
			keyARN, p.keys[key], p.foreignKeys[key] = key, key, true
			if err := p.resourcePolicy(r, keyARN, p.handOver()); err != nil {
				return err
			}
		default:
			return unsupported("%s %s, which is not a key of the assembly,", path, key)
		}
		p.resources.Keys[resourceARN] = keyARN
		return nil
	})
}

// encryptLogs notes that a key encrypts a log group, which CloudWatch Logs must be able to.
func (p *planner) encryptLogs(r *assembly.Resource, key, groupARN string) {
	p.encrypt(r, "Properties.KmsKeyId", key, groupARN)
	p.later(r, func() error {
		keyARN, ok := p.resources.Keys[groupARN]
		if !ok || p.foreignKeys[keyARN] {
			return nil
		}
		for _, action := range kms.LogActions() {
			p.resources.accesses = append(p.resources.accesses, access{resource: r, request: iam.Request{
				Caller: iam.Caller{Service: "logs." + p.assembly.Environment.Region + "." + assembly.URLSuffix}, Action: action, Resource: keyARN,
				Context: map[string][]string{"kms:EncryptionContext:aws:logs:arn": {groupARN}},
			}})
		}
		return nil
	})
}

// keyAccesses adds what the wiring takes of keys: SNS, for example, encrypts what it puts into a queue.
func (p *planner) keyAccesses() {
	for _, a := range p.resources.accesses {
		for _, use := range p.resources.Keys.Uses(a.request.Action, a.request.Resource) {
			if a.request.Caller.Service != "" && p.foreignKeys[use.Key] {
				continue
			}
			with := a
			with.request.Action, with.request.Resource = use.Action, use.Key
			with.request.Context = use.Context
			if source, ok := a.request.Context["aws:SourceArn"]; ok {
				with.request.Context["aws:SourceArn"] = source
			}
			p.resources.accesses = append(p.resources.accesses, with)
		}
	}
}
