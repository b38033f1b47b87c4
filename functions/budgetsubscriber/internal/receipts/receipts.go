// Package receipts stores in DynamoDB which receiver got which message, so that a redelivered message repeats nothing
// and still completes what is missing.
package receipts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/tableapi"
)

// API is what Table needs of *dynamodb.Client.
type API interface {
	tableapi.Putter
	tableapi.Getter
	tableapi.Deleter
}

var _ API = (*dynamodb.Client)(nil)

// A Table is the Receipts table.
type Table struct {
	Client API
	Name   string
	TTL    time.Duration // how long a receipt is kept
	Now    func() time.Time
}

var _ subscriber.Receipts = Table{}

// Claim claims the right to send a message to a receiver until the lease ends. A claim whose lease has ended, because
// its holder was killed, can be claimed again.
func (t Table) Claim(ctx context.Context, messageID, receiver string, lease time.Time) (subscriber.Claim, error) {
	item := t.item(messageID, receiver, contract.StateSending)
	item[contract.AttributeLease] = attr.Number(lease.UnixMilli())
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                &t.Name,
		Item:                     item,
		ConditionExpression:      aws.String("attribute_not_exists(#m) OR (#s = :sending AND #l < :now)"),
		ExpressionAttributeNames: map[string]string{"#m": contract.AttributeMessageID, "#s": contract.AttributeState, "#l": contract.AttributeLease},
		ExpressionAttributeValues: attr.Item{
			":sending": attr.String(contract.StateSending), ":now": attr.Number(t.Now().UnixMilli()),
		},
	})
	var taken *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return subscriber.ClaimGranted, nil
	case errors.As(err, &taken):
		return t.holder(ctx, messageID, receiver)
	default:
		return 0, fmt.Errorf("receipts: claim message %s: %w", messageID, err)
	}
}

// holder distinguishes a message that was sent from one that is being sent.
func (t Table) holder(ctx context.Context, messageID, receiver string) (subscriber.Claim, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key(messageID, receiver), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return 0, fmt.Errorf("receipts: read receipt of message %s: %w", messageID, err)
	}
	if state, ok := out.Item[contract.AttributeState].(*types.AttributeValueMemberS); ok && state.Value == contract.StateSent {
		return subscriber.ClaimSent, nil
	}
	return subscriber.ClaimBusy, nil
}

// Sent records that the receiver got the message.
func (t Table) Sent(ctx context.Context, messageID, receiver string) error {
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: t.item(messageID, receiver, contract.StateSent)})
	if err != nil {
		return fmt.Errorf("receipts: note message %s as sent: %w", messageID, err)
	}
	return nil
}

// Release releases a claim, so that the next delivery of the message need not wait for the lease's end.
func (t Table) Release(ctx context.Context, messageID, receiver string) error {
	if _, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: key(messageID, receiver)}); err != nil {
		return fmt.Errorf("receipts: release message %s: %w", messageID, err)
	}
	return nil
}

func (t Table) item(messageID, receiver, state string) attr.Item {
	item := key(messageID, receiver)
	item[contract.AttributeState] = attr.String(state)
	item[contract.AttributeTTL] = attr.Number(t.Now().Add(t.TTL).Unix())
	return item
}

func key(messageID, receiver string) attr.Item {
	return attr.Item{contract.AttributeMessageID: attr.String(messageID), contract.AttributeReceiver: attr.String(receiver)}
}
