// Package policy decides whether the policy that a Lambda authorizer returned allows a request.
//
// It covers the grammar that such policies use: Effect, Action or NotAction, Resource or NotResource with * and ?, and the
// conditions on aws:SourceIp and other request values. It is not IAM: there is one policy, of one principal.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package policy
