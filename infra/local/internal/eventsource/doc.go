// Package eventsource polls SQS queues for Lambda functions, as event source mappings do.
//
// It calls SQS through an interface of a few methods, which the client of the AWS SDK satisfies, and functions through
// Invoker.
package eventsource
