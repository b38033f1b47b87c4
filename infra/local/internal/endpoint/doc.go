// Package endpoint is the AWS endpoint of the local stage: one address for every service and SDK. It verifies who calls
// (Signature Version 4), tells what the call needs, lets it fail if a fault rule says so, asks IAM, counts what AWS would
// bill, and hands it on to the service: a peer process or a handler of this one.
package endpoint
