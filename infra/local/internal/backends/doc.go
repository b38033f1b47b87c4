// Package backends runs the data services of the local stage: programs that others wrote, started as children of this
// process on free ports of the loopback interface, checked for health, and stopped with us.
//
// DynamoDB is dynalite, SQS and SNS are fauxqs (both npm packages that the repository pins), S3 is versitygw (a Go
// program that infra/local/tools pins, built on first need). None of them checks who calls: the endpoint in front does.
package backends
