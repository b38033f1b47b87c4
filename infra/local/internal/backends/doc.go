// Package backends runs the data services of the local stage: third-party programs, started as children of this process on
// free loopback ports, checked for health, and stopped with it.
//
// DynamoDB is dynalite, SQS and SNS are fauxqs (both npm packages that the repository pins), S3 is versitygw (a Go library,
// of which _s3 makes a program, built on first need). None of them authenticates: the endpoint in front does.
package backends
