// Package iam decides what a caller may do as AWS does within one account: from the identity policies of the caller's role
// and the resource policy of the resource. It records which statements were used, so that a test run shows missing and
// superfluous permissions.
//
// The engine knows roles by name and resources by ARN. It knows nothing of services: the endpoint names action and resource
// as the service authorization reference does
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
package iam

// A Caller makes requests: the administrator, a function under its role, or an AWS service.
type Caller struct {
	// ARN as policies and error messages show it, for a function arn:aws:sts::000000000000:assumed-role/<role>/<function>.
	ARN string
	// Role is the role's name, "" for the administrator and for a service.
	Role string
	// Function is the name of the function that runs under Role, "" if there is none.
	Function string
	// Service is the service principal, for example sns.amazonaws.com; "" unless an AWS service calls.
	Service string
	// Admin callers may do everything; nothing is recorded for them.
	Admin bool
}

// A Request is one thing a caller wants to do.
type Request struct {
	Caller Caller
	// Action in the form service:Operation, for example dynamodb:GetItem. Its case does not matter.
	Action string
	// Resource is the ARN of the resource, or "*" where the service has no resource level.
	Resource string
	// Context holds condition keys, for example dynamodb:LeadingKeys, with their values. The engine adds the global keys it
	// knows by itself (see globalKeys); keys given here take precedence. May be nil.
	Context map[string][]string
}

// A Decision is the outcome of an evaluation.
type Decision struct {
	// Allowed reports whether the request is allowed.
	Allowed bool
	// Explicit means that a Deny statement denied it, rather than that nothing allows it.
	Explicit bool
	// Reason is the message of AWS's AccessDeniedException, "" when allowed.
	Reason string
}
