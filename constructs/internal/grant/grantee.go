package grant

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// A Grant is what a grantee was given.
type Grant struct {
	awsiam.Grant

	// Environment is what the grantee needs to know, by the name of the environment variable. A function has it in its
	// environment already; hand it to any other grantee yourself.
	Environment map[string]*string
}

// Options of a grant.
type Options struct {
	// EnvironmentPrefix is put before the names of the environment variables, e.g. "CHAT_" for CHAT_HERMES_QUEUE_URL, so that
	// one function can have the grants of two constructs of a kind.
	// Default: none.
	EnvironmentPrefix string
}

// A Giver grants what a construct has.
type Giver struct {
	Construct constructs.Construct
	Kind      string // e.g. "notification hub"
}

// Give sets the environment of a grantee that has one, and returns the grant with it. It panics if the principal was not
// given what it needs, and if a variable is taken by another value.
func (g Giver) Give(grantee awsiam.IGrantable, granted awsiam.Grant, environment map[string]*string, options []Options) Grant {
	if !*granted.Success() {
		panic(fmt.Sprintf("%s %q: the grantee has no policy to add a statement to, and the resource takes none for it; grant to a role",
			g.Kind, *g.Construct.Node().Path()))
	}
	return Grant{Grant: granted, Environment: g.Inform(grantee, environment, options)}
}

// Inform sets the environment of a grantee that has one, and returns it with its prefix.
func (g Giver) Inform(grantee awsiam.IGrantable, environment map[string]*string, options []Options) map[string]*string {
	prefix := ""
	for _, o := range options {
		prefix = o.EnvironmentPrefix
	}
	all := map[string]*string{}
	for name, value := range maps.All(environment) {
		all[prefix+name] = value
		if fn, ok := grantee.(awslambda.Function); ok {
			g.set(fn, prefix+name, value)
		}
	}
	return all
}

// metadata is the type of the metadata by which a function remembers which construct set which variable.
const metadata = "hermes:environment"

func (g Giver) set(fn awslambda.Function, name string, value *string) {
	path := *g.Construct.Node().Path()
	resolved, err := json.Marshal(awscdk.Stack_Of(g.Construct).Resolve(value))
	if err != nil { // what resolves is JSON
		panic(err)
	}
	for _, entry := range *fn.Node().Metadata() {
		taken, _ := entry.Data.(map[string]any)
		switch {
		case *entry.Type != metadata || taken["name"] != name:
		case taken["value"] == string(resolved):
			return
		default:
			panic(fmt.Sprintf("%s %q: %s of function %q is taken by %q; set EnvironmentPrefix in GrantOptions for one of them",
				g.Kind, path, name, *fn.Node().Path(), taken["by"]))
		}
	}
	fn.Node().AddMetadata(jsii.String(metadata), map[string]any{"name": name, "value": string(resolved), "by": path}, nil)
	fn.AddEnvironment(jsii.String(name), value, nil)
}

// To grants the grantee the actions on the resources.
func To(grantee awsiam.IGrantable, resources []*string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings(actions...),
		ResourceArns: &resources,
	})
}

// On grants the grantee the actions on a resource, in the resource's policy where the grantee has none of its own, as the
// principal of a service or of another account, and what these take of the resource's key.
func On(policy awsiam.IResourceWithPolicyV2, on Resource, grantee awsiam.IGrantable, actions ...string) awsiam.Grant {
	return withKey(awsiam.Grant_AddToPrincipalOrResource(&awsiam.GrantWithResourceOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings(actions...),
		ResourceArns: &[]*string{on.ARN},
		Resource:     policy,
	}), on, grantee, actions)
}

// ToUse grants the grantee the actions on a resource, and what these take of the resource's key.
func ToUse(grantee awsiam.IGrantable, on Resource, actions ...string) awsiam.Grant {
	return withKey(To(grantee, []*string{on.ARN}, actions...), on, grantee, actions)
}

func withKey(granted awsiam.Grant, on Resource, grantee awsiam.IGrantable, actions []string) awsiam.Grant {
	if use := keyActions(actions); on.Key != nil && len(use) > 0 {
		return granted.Combine(on.Key.Grant(grantee, *jsii.Strings(use...)...))
	}
	return granted
}

// ReadSecret grants the grantee to read a secret.
func ReadSecret(secret awssecretsmanager.ISecret, grantee awsiam.IGrantable) awsiam.Grant {
	return ToUse(grantee, Resource{ARN: secret.SecretArn(), Key: secret.EncryptionKey()}, "secretsmanager:GetSecretValue")
}
