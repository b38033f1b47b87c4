// Package subscriber handles the messages that SNS delivers: it verifies them, confirms subscriptions, parses alerts,
// and notifies the recipients and the hub.
//
// The order is fixed. Nothing in a message is acted on before its signature is verified; a subscription is confirmed
// through the SNS API and for the pinned topic only; and a verified message that cannot be parsed is kept in the
// dead-letter queue for an operator.
package subscriber
