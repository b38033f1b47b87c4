// Package eventsource makes things happen by themselves: it polls queues for functions (SQS event source mappings), fires
// EventBridge rules and EventBridge Scheduler schedules, and removes the rows of DynamoDB tables that have outlived their
// time to live.
//
// It calls services through interfaces of a few methods, which the clients of the AWS SDK satisfy, and functions through
// Invoker and AsyncInvoker.
package eventsource
