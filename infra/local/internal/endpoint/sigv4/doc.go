// Package sigv4 verifies AWS Signature Version 4, in the Authorization header and in presigned queries, as a service
// does that holds the secret (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
//
// It stands on the path of every call, also of every message posted to a socket: what can be kept (derived keys, buffers)
// is kept, and verifying allocates next to nothing.
package sigv4
