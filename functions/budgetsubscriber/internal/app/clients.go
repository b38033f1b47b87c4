package app

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
)

// An operation is one operation of an AWS client.
//
// text/template calls methods by name, so the linker keeps every method of every type that is stored in an interface. A
// client in an interface would keep all operations of its service: 0.8 MB of the function's zip. The types below have only
// the operations that the function calls.
// https://github.com/golang/go/blob/master/src/cmd/link/internal/ld/deadcode.go
type operation[In, Out, Options any] func(context.Context, *In, ...func(*Options)) (*Out, error)

type snsClient struct {
	confirm operation[awssns.ConfirmSubscriptionInput, awssns.ConfirmSubscriptionOutput, awssns.Options]
}

func (c snsClient) ConfirmSubscription(ctx context.Context, in *awssns.ConfirmSubscriptionInput, options ...func(*awssns.Options)) (*awssns.ConfirmSubscriptionOutput, error) {
	return c.confirm(ctx, in, options...)
}

type sesClient struct {
	send operation[sesv2.SendEmailInput, sesv2.SendEmailOutput, sesv2.Options]
}

func (c sesClient) SendEmail(ctx context.Context, in *sesv2.SendEmailInput, options ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error) {
	return c.send(ctx, in, options...)
}

type sqsClient struct {
	send operation[awssqs.SendMessageBatchInput, awssqs.SendMessageBatchOutput, awssqs.Options]
}

func (c sqsClient) SendMessageBatch(ctx context.Context, in *awssqs.SendMessageBatchInput, options ...func(*awssqs.Options)) (*awssqs.SendMessageBatchOutput, error) {
	return c.send(ctx, in, options...)
}

type dynamoDBClient struct {
	put    operation[dynamodb.PutItemInput, dynamodb.PutItemOutput, dynamodb.Options]
	get    operation[dynamodb.GetItemInput, dynamodb.GetItemOutput, dynamodb.Options]
	delete operation[dynamodb.DeleteItemInput, dynamodb.DeleteItemOutput, dynamodb.Options]
}

func (c dynamoDBClient) PutItem(ctx context.Context, in *dynamodb.PutItemInput, options ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return c.put(ctx, in, options...)
}

func (c dynamoDBClient) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return c.get(ctx, in, options...)
}

func (c dynamoDBClient) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput, options ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return c.delete(ctx, in, options...)
}
