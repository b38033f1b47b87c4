// Package notificationhub provides a construct that pushes messages to browsers in real time.
//
// A hub is an API Gateway WebSocket API with a JWT authorizer, an SQS intake queue into which backends publish, DynamoDB
// tables for connections, rooms, history and tokens, and the Lambda functions that connect them. It works with nil props:
//
//	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
//	hub.GrantPublish(backend)
//
// The functions' sources are part of this module and are built while the app synthesizes; Go is the only tool needed.
package notificationhub
