// Package operation identifies the operation of a request to an AWS API and the permissions it needs: the IAM actions, the
// ARNs of the resources, and the condition keys that the service adds, as the service authorization reference lists them
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
package operation
