package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/tableapi"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// RowsAPI is what Rows needs of *dynamodb.Client.
type RowsAPI interface {
	tableapi.Putter
	tableapi.Querier
	tableapi.Getter
	tableapi.Updater
}

var _ RowsAPI = (*dynamodb.Client)(nil)

// Rows are the Messages table, which holds rooms' logs, and the Rooms table, which holds their hints.
type Rows struct {
	Client        RowsAPI
	MessagesTable string
	RoomsTable    string
	Retention     time.Duration // how long history answers messages; 0 keeps rows without their data. Put needs it
}

var _ roomlog.Store = Rows{}

// Put writes the row unless one stands where it begins. A second try of the SDK, whose first was not answered, finds the
// row that the first has written: that is a conflict too.
func (r Rows) Put(ctx context.Context, row roomlog.Row) error {
	item, err := itemOf(row, r.Retention)
	if err != nil {
		return fmt.Errorf("store: room %q: %w", row.RoomID, err)
	}
	_, err = r.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                &r.MessagesTable,
		Item:                     item,
		ConditionExpression:      aws.String("attribute_not_exists(#room)"),
		ExpressionAttributeNames: map[string]string{"#room": contract.AttributeRoomID},
	})
	if isConflict(err) {
		return fmt.Errorf("store: put row %d of room %q: %w", row.First, row.RoomID, roomlog.ErrTaken)
	}
	if err != nil {
		return fmt.Errorf("store: put row %d of room %q: %w", row.First, row.RoomID, err)
	}
	return nil
}

func isConflict(err error) bool {
	var conflict *types.ConditionalCheckFailedException
	return errors.As(err, &conflict)
}

// Since reads a page of rows, in order.
func (r Rows) Since(ctx context.Context, roomID string, first int64, limit int) ([]roomlog.Row, bool, error) {
	return r.query(ctx, roomID, "#seq >= :seq", first, limit, true)
}

// Until reads a page of rows, against their order.
func (r Rows) Until(ctx context.Context, roomID string, last int64, limit int) ([]roomlog.Row, bool, error) {
	return r.query(ctx, roomID, "#seq <= :seq", last, limit, false)
}

func (r Rows) query(ctx context.Context, roomID, condition string, seq int64, limit int, forward bool) (rows []roomlog.Row, more bool, err error) {
	out, err := r.Client.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &r.MessagesTable,
		KeyConditionExpression:    aws.String("#room = :room AND " + condition),
		ExpressionAttributeNames:  map[string]string{"#room": contract.AttributeRoomID, "#seq": contract.AttributeSeq},
		ExpressionAttributeValues: attr.Item{":room": attr.String(roomID), ":seq": attr.Number(seq)},
		ConsistentRead:            aws.Bool(true),
		ScanIndexForward:          &forward,
		Limit:                     aws.Int32(int32(limit)),
	})
	if err != nil {
		return nil, false, fmt.Errorf("store: query room %q at %d: %w", roomID, seq, err)
	}
	for _, item := range out.Items {
		row, err := parseRow(item)
		if err != nil {
			return nil, false, fmt.Errorf("store: room %q: %w", roomID, err)
		}
		rows = append(rows, row)
	}
	return rows, len(out.LastEvaluatedKey) > 0, nil
}

// Hint reads the room's hint.
func (r Rows) Hint(ctx context.Context, roomID string) (hub.Position, error) {
	out, err := r.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &r.RoomsTable,
		Key:            attr.Item{contract.AttributeRoomID: attr.String(roomID)},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return hub.Position{}, fmt.Errorf("store: get hint of room %q: %w", roomID, err)
	}
	seq, err := attr.Item(out.Item).Number(contract.AttributeSeq)
	if err != nil {
		return hub.Position{}, fmt.Errorf("store: hint of room %q: %w", roomID, err)
	}
	return hub.Position{Epoch: attr.Item(out.Item).String(contract.AttributeEpoch), Seq: seq}, nil
}

// SetHint moves the room's hint on. One that has come further stays.
func (r Rows) SetHint(ctx context.Context, roomID string, position hub.Position) error {
	_, err := r.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                &r.RoomsTable,
		Key:                      attr.Item{contract.AttributeRoomID: attr.String(roomID)},
		UpdateExpression:         aws.String("SET #seq = :seq, #epoch = :epoch"),
		ConditionExpression:      aws.String("attribute_not_exists(#seq) OR #seq < :seq"),
		ExpressionAttributeNames: map[string]string{"#seq": contract.AttributeSeq, "#epoch": contract.AttributeEpoch},
		ExpressionAttributeValues: attr.Item{
			":seq":   attr.Number(position.Seq),
			":epoch": attr.String(position.Epoch),
		},
	})
	if err != nil && !isConflict(err) {
		return fmt.Errorf("store: set hint of room %q: %w", roomID, err)
	}
	return nil
}
