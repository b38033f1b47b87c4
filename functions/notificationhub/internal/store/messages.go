package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// MessagesAPI is what Messages needs of *dynamodb.Client.
type MessagesAPI interface {
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

var _ MessagesAPI = (*dynamodb.Client)(nil)

// Attributes of a row that no other package uses.
const (
	attributeID       = "id"
	attributeToUserID = "to_user_id"
	attributeTime     = "time"
	attributeData     = "data"
)

// Messages is the Messages table: history.
type Messages struct {
	Client MessagesAPI
	Table  string
	TTL    time.Duration // how long a message is stored; 0 stores none
	Clock  clock.Clock
}

// Since reads up to limit stored messages of the room with seq >= first, in order. DynamoDB deletes expired rows late, so
// they are filtered out.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
func (m Messages) Since(ctx context.Context, roomID string, first int64, limit int) (messages []hub.Message, more bool, err error) {
	query := m.querySince(roomID, first, limit)
	for {
		out, err := m.Client.Query(ctx, query)
		if err != nil {
			return nil, false, fmt.Errorf("store: query messages of room %q since %d: %w", roomID, first, err)
		}
		for _, row := range out.Items {
			message, err := parseMessage(row)
			if err != nil {
				return nil, false, fmt.Errorf("store: messages of room %q: %w", roomID, err)
			}
			messages = append(messages, message)
		}
		if len(out.LastEvaluatedKey) == 0 || len(messages) > limit {
			break
		}
		query.ExclusiveStartKey = out.LastEvaluatedKey
	}
	return messages[:min(limit, len(messages))], len(messages) > limit, nil
}

// querySince reads one message more than the limit, to know whether there are more.
func (m Messages) querySince(roomID string, first int64, limit int) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:              &m.Table,
		KeyConditionExpression: aws.String("#room = :room AND #seq >= :first"),
		FilterExpression:       aws.String("#expires > :now"),
		ExpressionAttributeNames: map[string]string{
			"#room": contract.AttributeRoomID, "#seq": contract.AttributeSeq, "#expires": contract.AttributeTTL,
		},
		ExpressionAttributeValues: attr.Item{
			":room": attr.String(roomID), ":first": attr.Number(first), ":now": attr.Number(m.Clock.Now().Unix()),
		},
		ConsistentRead: aws.Bool(true),
		Limit:          aws.Int32(int32(limit) + 1),
	}
}

func (m Messages) rowOf(message hub.Message) attr.Item {
	row := attr.Item{
		contract.AttributeRoomID: attr.String(message.RoomID),
		contract.AttributeSeq:    attr.Number(message.Seq),
		attributeTime:            attr.Number(message.Time),
		attributeData:            attr.String(string(message.Data)),
		contract.AttributeTTL:    attr.Number(m.Clock.Now().Add(m.TTL).Unix()),
	}
	row.SetString(attributeID, message.ID)
	row.SetString(contract.AttributeUserID, message.UserID)
	row.SetString(attributeToUserID, message.ToUserID)
	return row
}

func parseMessage(row attr.Item) (hub.Message, error) {
	seq, err := row.Number(contract.AttributeSeq)
	if err != nil {
		return hub.Message{}, err
	}
	at, err := row.Number(attributeTime)
	if err != nil {
		return hub.Message{}, err
	}
	return hub.Message{
		ID: row.String(attributeID), RoomID: row.String(contract.AttributeRoomID), Seq: seq,
		UserID: row.String(contract.AttributeUserID), ToUserID: row.String(attributeToUserID),
		Time: at, Data: json.RawMessage(row.String(attributeData)),
	}, nil
}
