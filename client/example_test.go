package client_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/client"
)

// printingQueue stands for *sqs.Client.
type printingQueue struct{}

func (printingQueue) SendMessageBatch(_ context.Context, in *sqs.SendMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	out := &sqs.SendMessageBatchOutput{}
	for _, e := range in.Entries {
		fmt.Println(*e.MessageBody)
		out.Successful = append(out.Successful, types.SendMessageBatchResultEntry{Id: e.Id})
	}
	return out, nil
}

// emptyTable stands for *dynamodb.Client.
type emptyTable struct{}

func (emptyTable) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{}, nil
}

func (emptyTable) UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return &dynamodb.UpdateItemOutput{}, nil
}

func (emptyTable) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return &dynamodb.DeleteItemOutput{}, nil
}

// A backend publishes what happened into the room of those who look at it.
func ExamplePublisher_Publish() {
	publisher, err := client.NewPublisher(printingQueue{}, "https://sqs.us-east-1.amazonaws.com/000000000000/intake")
	if err != nil {
		fmt.Println(err)
		return
	}
	id, err := publisher.Publish(context.Background(), client.Message{
		ID:     "order-7-paid", // the same event published twice is shown once
		UserID: "system",
		RoomID: "orders",
		Data:   map[string]any{"type": "paid", "order": 7},
	})
	fmt.Println(id, err)
	// Output:
	// {"id":"order-7-paid","user_id":"system","room_id":"orders","data":{"order":7,"type":"paid"}}
	// order-7-paid <nil>
}

// A batch sends what it can and says what failed.
func ExamplePublisher_PublishBatch() {
	publisher, err := client.NewPublisher(printingQueue{}, "https://sqs.us-east-1.amazonaws.com/000000000000/intake")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = publisher.PublishBatch(context.Background(), []client.Message{
		{ID: "a", RoomID: "orders", Data: 1},
		{ID: "b", Data: 2},
		{ID: "c", RoomID: "orders", Data: 3},
	})
	var failed *client.BatchError
	if errors.As(err, &failed) {
		for _, f := range failed.Failures {
			fmt.Println("message", f.Index, "failed:", f.Err)
		}
	}
	// Output:
	// {"id":"a","room_id":"orders","data":1}
	// {"id":"c","room_id":"orders","data":3}
	// message 1 failed: field room_id (""): missing field
}

// A backend lets a user, whom it knows by its own means, into a room for an hour.
func ExampleTokenIssuer_Issue() {
	issuer, err := client.NewTokenIssuer(
		client.TokenIssuerConfig{
			DynamoDB: emptyTable{},
			Table:    "tokens",
			Keys:     &client.Keys{SigningKey: "an example's key, of 32 bytes or more"},
		},
		client.WithIssuerClock(func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := issuer.Issue(context.Background(), client.IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(token.Token) > 0, token.ExpiresAt)

	_, err = issuer.Issue(context.Background(), client.IssueRequest{UserID: "ada", RoomID: "orders"})
	fmt.Println(errors.Is(err, client.ErrExpiryRequired))
	// Output:
	// true 2026-03-01 13:00:00 +0000 UTC
	// true
}

// When a user leaves a room, delete the tokens with the membership.
func ExampleTokenIssuer_Revoke() {
	issuer, err := client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: emptyTable{},
		Table:    "tokens",
		Keys:     &client.Keys{SigningKey: "an example's key, of 32 bytes or more"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(issuer.Revoke(context.Background(), "ada", "orders"))
	// Output: <nil>
}
