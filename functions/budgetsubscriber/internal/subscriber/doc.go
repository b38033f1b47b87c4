// Package subscriber handles what SNS delivers: it verifies, confirms, understands, and tells the recipients and the hub.
//
// The order is fixed. Nothing of a message is acted on before its signature was verified, a subscription is confirmed by
// the SNS API for the pinned topic only, and what was verified but is not understood is kept for a person to look at.
package subscriber
