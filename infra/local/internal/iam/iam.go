// Package iam decides what a caller may do, the way AWS decides it inside one account: from the identity policies of
// the caller's role and the resource policy of what it touches. It records which statements were ever needed, so that
// a test run shows the permissions that are missing and those that are superfluous.
//
// The engine knows roles by name and resources by ARN. It never looks inside a service: the endpoint in front of it
// names action and resource as the service authorization reference does
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
package iam

// A Caller is who makes a request: the administrator, a function under its role, or an AWS service.
type Caller struct {
	// ARN as policies and error messages show it, for a function arn:aws:sts::000000000000:assumed-role/<role>/<function>.
	ARN string
	// Role is the role's name, "" for the administrator and for a service.
	Role string
	// Function is the name of the function that runs under Role, "" if there is none.
	Function string
	// Service is the service principal, for example sns.amazonaws.com; "" unless an AWS service calls by itself.
	Service string
	// Admin callers may do everything; nothing is recorded for them.
	Admin bool
}

// A Request is one thing a caller wants to do.
type Request struct {
	Caller Caller
	// Action in the form service:Operation, for example dynamodb:GetItem. Its case does not matter.
	Action string
	// Resource is the ARN the action touches, or "*" where the service has no resource level.
	Resource string
	// Context holds condition keys, for example dynamodb:LeadingKeys, with their values. The engine adds the global
	// keys it knows by itself (see globalKeys); a key given here wins. May be nil.
	Context map[string][]string
}

// A Decision is the engine's answer.
type Decision struct {
	// Allowed says whether the request may go on.
	Allowed bool
	// Explicit says that a Deny statement refused it. False for "nothing allows it".
	Explicit bool
	// Reason is the sentence AWS puts into AccessDeniedException, "" when allowed.
	Reason string
}
