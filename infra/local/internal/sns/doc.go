// Package sns is the half of Amazon SNS that the SNS peer of the local stage lacks: subscriptions by https, http and lambda,
// with the confirmation handshake, signed deliveries, retries and dead deadLettersSent. It is one http.Handler for the SNS query API
// in front of the peer, which keeps topics and delivers to queues.
//
// Messages are signed with an RSA key whose certificate is served where AWS serves it,
// https://sns.<region>.amazonaws.com/SimpleNotificationService-<32 hex>.pem, by a proxy on loopback that speaks TLS with a
// certificate of a local authority. A function that is given HTTPS_PROXY=ProxyURL() and SSL_CERT_FILE=CAFile() verifies
// them with the code it has in production. (On macOS Go ignores SSL_CERT_FILE.)
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
package sns
