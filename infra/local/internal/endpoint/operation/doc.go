// Package operation tells from a request to an AWS API which operation it is and which permissions it needs: the IAM
// actions, the ARNs of the resources, and the condition keys that the service adds, as the service authorization
// reference lists them (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
package operation
