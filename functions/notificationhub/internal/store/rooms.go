package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// RoomsAPI is what Rooms needs of *dynamodb.Client.
type RoomsAPI interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

var _ RoomsAPI = (*dynamodb.Client)(nil)

// Rooms is the Rooms table.
type Rooms struct {
	Client RoomsAPI
	Table  string
	// NewEpoch names the epoch of a new counter. Default: NewEpoch.
	NewEpoch func() string
}

// NewEpoch returns 16 random hexadecimal digits.
func NewEpoch() string {
	var b [8]byte
	rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return hex.EncodeToString(b[:])
}

// Reserve reserves the next n numbers of the room and returns the position after them. A retry by the SDK may reserve
// twice; so numbers may be missing, but are never used twice.
func (r Rooms) Reserve(ctx context.Context, roomID string, n int) (hub.Position, error) {
	newEpoch := r.NewEpoch
	if newEpoch == nil {
		newEpoch = NewEpoch
	}
	out, err := r.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                &r.Table,
		Key:                      attr.Item{contract.AttributeRoomID: attr.String(roomID)},
		UpdateExpression:         aws.String("ADD #seq :n SET #epoch = if_not_exists(#epoch, :epoch)"),
		ExpressionAttributeNames: map[string]string{"#seq": contract.AttributeSeq, "#epoch": contract.AttributeEpoch},
		ExpressionAttributeValues: attr.Item{
			":n":     attr.Number(int64(n)),
			":epoch": attr.String(newEpoch()),
		},
		ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		return hub.Position{}, fmt.Errorf("store: reserve %d numbers of room %q: %w", n, roomID, err)
	}
	return parsePosition(roomID, out.Attributes)
}

// Position reads the room's position: the zero Position if it has no row.
func (r Rooms) Position(ctx context.Context, roomID string) (hub.Position, error) {
	out, err := r.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &r.Table,
		Key:            attr.Item{contract.AttributeRoomID: attr.String(roomID)},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return hub.Position{}, fmt.Errorf("store: get room %q: %w", roomID, err)
	}
	return parsePosition(roomID, out.Item)
}

func parsePosition(roomID string, row attr.Item) (hub.Position, error) {
	seq, err := row.Number(contract.AttributeSeq)
	if err != nil {
		return hub.Position{}, fmt.Errorf("store: room %q: %w", roomID, err)
	}
	return hub.Position{Epoch: row.String(contract.AttributeEpoch), Seq: seq}, nil
}
