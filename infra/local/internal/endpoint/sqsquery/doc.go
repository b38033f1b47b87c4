// Package sqsquery translates between the two protocols of SQS: requests in the query protocol, which SDKs spoke until
// 2023, to AWS JSON, and answers back
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html).
package sqsquery
