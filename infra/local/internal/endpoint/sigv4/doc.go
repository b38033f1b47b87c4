// Package sigv4 verifies AWS Signature Version 4, in the Authorization header and in presigned queries, as a service with the
// secret does (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
//
// It is on the path of every call, and of every message posted to a connection: derived keys and buffers are cached, and
// verifying allocates next to nothing.
package sigv4
