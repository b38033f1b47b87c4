package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// ConnectionsAPI is what Connections needs of *dynamodb.Client.
type ConnectionsAPI interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

var _ ConnectionsAPI = (*dynamodb.Client)(nil)

// Connections is the Connections table.
type Connections struct {
	Client ConnectionsAPI
	Table  string
	TTL    time.Duration // after which a row expires; needed by Add
}

// Add writes the connection's row.
func (c Connections) Add(ctx context.Context, connection hub.Connection) error {
	row := attr.Item{
		contract.AttributeRoomID:       attr.String(connection.RoomID),
		contract.AttributeConnectionID: attr.String(keyOf(connection.ConnectedAt) + connection.ID),
		contract.AttributeUserID:       attr.String(connection.UserID),
		contract.AttributeConnectedAt:  attr.Number(connection.ConnectedAt.UnixMilli()),
		contract.AttributeTTL:          attr.Number(connection.ConnectedAt.Add(c.TTL).Unix()),
	}
	row.SetString(contract.AttributeProtocol, connection.Protocol)
	if _, err := c.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.Table, Item: row}); err != nil {
		return fmt.Errorf("store: add connection %q: %w", connection.ID, err)
	}
	return nil
}

// Remove deletes the connection's row. A missing row is not an error.
func (c Connections) Remove(ctx context.Context, connection hub.Connection) error {
	_, err := c.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &c.Table, Key: attr.Item{
		contract.AttributeRoomID:       attr.String(connection.RoomID),
		contract.AttributeConnectionID: attr.String(keyOf(connection.ConnectedAt) + connection.ID),
	}})
	if err != nil {
		return fmt.Errorf("store: remove connection %q: %w", connection.ID, err)
	}
	return nil
}

// Each calls page with each page of the room's connections, or only those of userID unless that is empty.
// It returns page's error as it is.
func (c Connections) Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error {
	query := c.queryRoom(roomID)
	if userID != "" {
		query = c.queryUser(roomID, userID)
	}
	return c.pages(ctx, roomID, query, page)
}

// Since calls page with each page of the room's connections that connected at a time or later. It returns page's error as it
// is.
func (c Connections) Since(ctx context.Context, roomID string, at time.Time, page func([]hub.Connection) error) error {
	query := c.queryRoom(roomID)
	query.KeyConditionExpression = aws.String("#room = :room AND #connection >= :since")
	query.ExpressionAttributeNames["#connection"] = contract.AttributeConnectionID
	query.ExpressionAttributeValues[":since"] = attr.String(keyOf(at))
	return c.pages(ctx, roomID, query, page)
}

func (c Connections) pages(ctx context.Context, roomID string, query *dynamodb.QueryInput, page func([]hub.Connection) error) error {
	for {
		out, err := c.Client.Query(ctx, query)
		if err != nil {
			return fmt.Errorf("store: query connections of room %q: %w", roomID, err)
		}
		connections, err := parseConnections(out)
		if err != nil {
			return fmt.Errorf("store: query connections of room %q: %w", roomID, err)
		}
		if len(connections) > 0 {
			if err := page(connections); err != nil {
				return err
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		query.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// queryRoom reads a room from the table, with a consistent read: a client that connected before a message was stored must be
// found, or find the message in history.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
func (c Connections) queryRoom(roomID string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:                 &c.Table,
		ConsistentRead:            aws.Bool(true),
		KeyConditionExpression:    aws.String("#room = :room"),
		ExpressionAttributeNames:  map[string]string{"#room": contract.AttributeRoomID},
		ExpressionAttributeValues: attr.Item{":room": attr.String(roomID)},
	}
}

// queryUser reads a user's connections from the index, which is eventually consistent.
func (c Connections) queryUser(roomID, userID string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:                 &c.Table,
		IndexName:                 aws.String(contract.IndexByUser),
		KeyConditionExpression:    aws.String("#user = :user AND #room = :room"),
		ExpressionAttributeNames:  map[string]string{"#room": contract.AttributeRoomID, "#user": contract.AttributeUserID},
		ExpressionAttributeValues: attr.Item{":room": attr.String(roomID), ":user": attr.String(userID)},
	}
}

// keyOf returns how the sort keys begin of connections made at a time. Thirteen digits keep them in order until 2286.
func keyOf(connectedAt time.Time) string { return fmt.Sprintf("%013d:", connectedAt.UnixMilli()) }

func parseConnections(out *dynamodb.QueryOutput) ([]hub.Connection, error) {
	connections := make([]hub.Connection, 0, len(out.Items))
	for _, row := range out.Items {
		row := attr.Item(row)
		connectedAt, err := row.Number(contract.AttributeConnectedAt)
		if err != nil {
			return nil, err
		}
		key := row.String(contract.AttributeConnectionID)
		connections = append(connections, hub.Connection{
			ID:          key[strings.IndexByte(key, ':')+1:],
			RoomID:      row.String(contract.AttributeRoomID),
			UserID:      row.String(contract.AttributeUserID),
			Protocol:    row.String(contract.AttributeProtocol),
			ConnectedAt: time.UnixMilli(connectedAt),
		})
	}
	return connections, nil
}
