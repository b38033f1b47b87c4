// Package endpoint is the AWS endpoint of the local stage: one address for every service and SDK. It authenticates a call
// (Signature Version 4), injects faults, evaluates the IAM policies, meters what AWS would bill, and passes the call on to
// the service: a peer process or a handler of this one.
package endpoint
