// Package snsverify verifies messages that Amazon SNS delivers to an http(s) endpoint, a queue or a function: that
// Amazon signed them, for a topic of yours, and that what is read is what was signed.
//
//	verifier, err := snsverify.New([]string{"arn:aws:sns:eu-west-1:123456789012:alerts"}, snsverify.WithMinVersion(2))
//	...
//	http.Handle("POST /alerts", verifier.Middleware(handler))
//
// It refuses by default. A message is accepted only if its envelope is exactly what SNS writes, its topic is pinned,
// its certificate comes from the one host that serves that topic's region, and the signature over the literal fields
// verifies. SubscribeURL and UnsubscribeURL are never fetched and not even handed out: confirm a subscription with the
// ConfirmSubscription API and the Token.
//
// The package imports the standard library only.
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
package snsverify
