package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

const (
	// batchItems is how many rows BatchWriteItem takes.
	// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
	batchItems = 25
	// batchTries is how often rows are written that DynamoDB leaves unprocessed for lack of capacity.
	batchTries   = 6
	batchBackoff = 50 * time.Millisecond
)

// Keep writes messages, unless TTL is 0.
func (m Messages) Keep(ctx context.Context, messages []hub.Message) error {
	if m.TTL == 0 {
		return nil
	}
	for batch := range slices.Chunk(messages, batchItems) {
		writes := make([]types.WriteRequest, len(batch))
		for i, message := range batch {
			writes[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: m.rowOf(message)}}
		}
		if err := m.write(ctx, writes); err != nil {
			return fmt.Errorf("store: keep %d messages of room %q: %w", len(batch), batch[0].RoomID, err)
		}
	}
	return nil
}

// write writes the rows until none is left unprocessed: a successful call may leave some.
func (m Messages) write(ctx context.Context, writes []types.WriteRequest) error {
	backoff := batchBackoff
	for range batchTries {
		out, err := m.Client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{m.Table: writes},
		})
		if err != nil {
			return err
		}
		if writes = out.UnprocessedItems[m.Table]; len(writes) == 0 {
			return nil
		}
		if err := m.Clock.Sleep(ctx, backoff); err != nil {
			return err
		}
		backoff *= 2
	}
	return fmt.Errorf("%w: %d rows after %d tries", ErrUnprocessed, len(writes), batchTries)
}
