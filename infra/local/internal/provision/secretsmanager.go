package provision

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func secretKinds() map[string]kind {
	return map[string]kind{
		"AWS::SecretsManager::Secret":         kindOf(planSecret),
		"AWS::SecretsManager::ResourcePolicy": kindOf(planSecretPolicy),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
type secretProperties struct {
	Description          string
	GenerateSecretString *struct {
		ExcludeCharacters       string
		ExcludeLowercase        bool
		ExcludeNumbers          bool
		ExcludePunctuation      bool
		ExcludeUppercase        bool
		GenerateStringKey       string
		IncludeSpace            bool
		PasswordLength          int
		RequireEachIncludedType *bool
		SecretStringTemplate    string
	}
	KmsKeyId     string //nolint:revive // the property's name
	Name         string
	SecretString *string

	Tags any `ignored:"nothing reads tags"`
	Type any `ignored:"documentation only"`
}

func planSecret(p *planner, r *assembly.Resource, in secretProperties) (assembly.Values, error) {
	name := physicalName(r, in.Name, maxSecretName)
	if err := p.claim(r, "secretsmanager", name); err != nil {
		return assembly.Values{}, err
	}
	// AWS appends a hyphen and six characters to the name in the ARN
	// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html).
	s := Secret{ID: identify(r), Name: name, ARN: p.arn("secretsmanager", "secret:"+name+"-"+resourceID(r, 6)), Description: in.Description}
	if in.SecretString != nil && in.GenerateSecretString != nil {
		return assembly.Values{}, invalid("Properties has both SecretString and GenerateSecretString")
	}
	if in.SecretString != nil {
		s.Value = *in.SecretString
	}
	if g := in.GenerateSecretString; g != nil {
		s.Generate = &Generate{
			Length: orDefault(g.PasswordLength, 32), ExcludeCharacters: g.ExcludeCharacters, ExcludeLowercase: g.ExcludeLowercase,
			ExcludeUppercase: g.ExcludeUppercase, ExcludeNumbers: g.ExcludeNumbers, ExcludePunctuation: g.ExcludePunctuation,
			IncludeSpace: g.IncludeSpace, RequireEachIncludedType: g.RequireEachIncludedType == nil || *g.RequireEachIncludedType,
			SecretStringTemplate: g.SecretStringTemplate, GenerateStringKey: g.GenerateStringKey,
		}
		if (g.SecretStringTemplate == "") != (g.GenerateStringKey == "") {
			return assembly.Values{}, invalid("Properties.GenerateSecretString needs both SecretStringTemplate and GenerateStringKey, or neither")
		}
	}
	var err error
	if s.ARN, err = p.ensureSecret(s); err != nil {
		return assembly.Values{}, err
	}
	p.secrets[s.ARN] = true
	p.encrypt(r, "Properties.KmsKeyId", in.KmsKeyId, s.ARN)
	p.resources.Secrets = append(p.resources.Secrets, s)
	return assembly.Values{Ref: s.ARN, Attributes: map[string]any{"Id": s.ARN}}, nil
}

type secretPolicyProperties struct {
	ResourcePolicy any    `required:"true"`
	SecretId       string `required:"true"`

	BlockPublicPolicy any `ignored:"nothing is public"`
}

func planSecretPolicy(p *planner, r *assembly.Resource, in secretPolicyProperties) (assembly.Values, error) {
	if !p.secrets[in.SecretId] {
		return assembly.Values{}, unsupported("Properties.SecretId %s, which is not in the assembly,", in.SecretId)
	}
	return assembly.Values{Ref: in.SecretId}, p.resourcePolicy(r, in.SecretId, in.ResourcePolicy)
}

// member returns a member of a secret's JSON.
func member(text, key string) (string, error) {
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return "", invalid("the secret is not a JSON object, so it has no key %q", key)
	}
	v, ok := object[key]
	if !ok {
		return "", invalid("the secret has no key %q", key)
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	return fmt.Sprint(v), nil
}

// secretValue resolves dynamic references; nil without a store of secrets.
func secretValue(ctx context.Context, s Secrets) func(assembly.SecretReference) (string, error) {
	if s == nil {
		return nil
	}
	return func(ref assembly.SecretReference) (string, error) {
		text, err := s.SecretString(ctx, ref.ID, ref.Stage, ref.Version)
		if err != nil || ref.Key == "" {
			return text, err
		}
		return member(text, ref.Key)
	}
}
