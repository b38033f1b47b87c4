package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// An ItemGetter reads an item of a table.
type ItemGetter interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// An ItemUpdater changes an item of a table, or makes it.
type ItemUpdater interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// An ItemDeleter deletes an item of a table.
type ItemDeleter interface {
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

// A TokensClient is what a TokenIssuer needs of DynamoDB. *dynamodb.Client is one.
type TokensClient interface {
	ItemGetter
	ItemUpdater
	ItemDeleter
}

var _ TokensClient = (*dynamodb.Client)(nil)

// table keeps rows in the Tokens table by conditional writes, without transactions.
type table struct {
	client TokensClient
	name   string
}

func (t table) get(ctx context.Context, userID, roomID string) (*row, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name,
		Key:       rowKey(userID, roomID),
		// Another issuer may have written a moment ago; an eventually consistent read would miss it.
		// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("get row of table %s: %w", t.name, err)
	}
	if len(out.Item) == 0 {
		return nil, nil
	}
	return parseRow(out.Item)
}

func (t table) put(ctx context.Context, userID, roomID string, seen *row, next row) error {
	in := &dynamodb.UpdateItemInput{
		TableName:                &t.name,
		Key:                      rowKey(userID, roomID),
		ExpressionAttributeNames: map[string]string{"#token": contract.AttributeToken, "#sealed": attributeSealed},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":token": &types.AttributeValueMemberS{Value: next.token},
		},
	}
	set, remove := "SET #token = :token", ""
	if next.expiresAt != 0 {
		set += ", #end = :end"
		in.ExpressionAttributeNames["#end"] = contract.AttributeTTL
		in.ExpressionAttributeValues[":end"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(next.expiresAt, 10)}
	}
	if next.sealed != "" {
		set += ", #sealed = :sealed"
		in.ExpressionAttributeValues[":sealed"] = &types.AttributeValueMemberS{Value: next.sealed}
	} else {
		remove = " REMOVE #sealed"
	}
	in.UpdateExpression = aws.String(set + remove)
	in.ConditionExpression = aws.String(condition(in, seen))
	_, err := t.client.UpdateItem(ctx, in)
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return errConflict
	}
	if err != nil {
		return fmt.Errorf("update row of table %s: %w", t.name, err)
	}
	return nil
}

// condition states that the table still holds seen, adding to in what the expression names. A later end written by
// another issuer fails it, so that no end is ever shortened.
func condition(in *dynamodb.UpdateItemInput, seen *row) string {
	if seen == nil {
		in.ExpressionAttributeNames["#user"] = contract.AttributeUserID
		return "attribute_not_exists(#user)"
	}
	same := "attribute_not_exists(#token)"
	if seen.token != "" {
		same = "#token = :seen"
		in.ExpressionAttributeValues[":seen"] = &types.AttributeValueMemberS{Value: seen.token}
	}
	in.ExpressionAttributeNames["#end"] = contract.AttributeTTL
	if seen.expiresAt == 0 {
		return same + " AND attribute_not_exists(#end)"
	}
	return same + " AND #end <= :end"
}

func (t table) remove(ctx context.Context, userID, roomID string) error {
	_, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.name, Key: rowKey(userID, roomID)})
	if err != nil {
		return fmt.Errorf("delete row of table %s: %w", t.name, err)
	}
	return nil
}

func rowKey(userID, roomID string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		contract.AttributeUserID: &types.AttributeValueMemberS{Value: userID},
		contract.AttributeRoomID: &types.AttributeValueMemberS{Value: roomID},
	}
}

// parseRow reads an item. An attribute of another type than ours is an error: overwriting it could hide a mistake.
func parseRow(item map[string]types.AttributeValue) (*row, error) {
	var r row
	var err error
	if r.token, err = text(item, contract.AttributeToken); err != nil {
		return nil, err
	}
	if r.sealed, err = text(item, attributeSealed); err != nil {
		return nil, err
	}
	if r.expiresAt, err = seconds(item, contract.AttributeTTL); err != nil {
		return nil, err
	}
	return &r, nil
}

func text(item map[string]types.AttributeValue, name string) (string, error) {
	switch v := item[name].(type) {
	case nil:
		return "", nil
	case *types.AttributeValueMemberS:
		return v.Value, nil
	default:
		return "", fmt.Errorf("%w: %s is a %T, not a string", ErrMalformedRow, name, v)
	}
}

func seconds(item map[string]types.AttributeValue, name string) (int64, error) {
	switch v := item[name].(type) {
	case nil:
		return 0, nil
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if err != nil || n <= 0 {
			return 0, fmt.Errorf("%w: %s is %q, not a positive number of seconds", ErrMalformedRow, name, v.Value)
		}
		return n, nil
	default:
		return 0, fmt.Errorf("%w: %s is a %T, not a number", ErrMalformedRow, name, v)
	}
}
