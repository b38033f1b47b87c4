// Package messagescheduler provides a construct that sends a message to every subscriber of a group at the second it is
// due, by e-mail and, if given a hub, into the room named as the group.
//
// A scheduler is an HTTP API with an authorizer, an S3 bucket for content, DynamoDB tables for what is scheduled, who
// subscribed and what was delivered, a rule that hands what falls due to an SQS queue with a delay to the second, and
// the Lambda functions that connect them. Only the sender is required:
//
//	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
//		&messagescheduler.MessageSchedulerProps{Sender: "Hermes <no-reply@example.com>"})
//	scheduler.GrantSchedule(backend)
//
// The functions' sources are part of this module and are built while the app synthesizes; Go is the only tool needed.
package messagescheduler
