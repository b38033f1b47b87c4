package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
)

// The dispatcher's progress is a row of the Schedule table, in a group that no caller can name.
var progressKey = keyOf("#progress", "dispatch")

const (
	attributeLoaded     = "loaded"
	attributeChecked    = "checked"
	attributeShards     = "shards"
	attributeSweepAfter = "sweep_after"
	attributeSweepAt    = "sweep_at"
)

// Load reads the dispatcher's progress.
func (s Schedule) Load(ctx context.Context) (dispatch.State, bool, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Table, Key: progressKey, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return dispatch.State{}, false, fmt.Errorf("store: get progress: %w", err)
	}
	row := attr.Item(out.Item)
	state := dispatch.State{SweepAfter: row.String(attributeSweepAfter)}
	shards, err := row.Number(attributeShards)
	if err != nil {
		return state, false, fmt.Errorf("store: progress: %w", err)
	}
	state.Shards = int(shards)
	for name, into := range map[string]*time.Time{attributeLoaded: &state.Loaded, attributeChecked: &state.Checked, attributeSweepAt: &state.SweepAt} {
		ms, err := row.Number(name)
		if err != nil {
			return state, false, fmt.Errorf("store: progress: %w", err)
		}
		*into = time.UnixMilli(ms).UTC()
	}
	return state, len(row) > 0, nil
}

// Save writes the dispatcher's progress.
func (s Schedule) Save(ctx context.Context, state dispatch.State) error {
	row := attr.Item{
		attributeLoaded:  attr.Number(state.Loaded.UnixMilli()),
		attributeChecked: attr.Number(state.Checked.UnixMilli()),
		attributeSweepAt: attr.Number(max(state.SweepAt.UnixMilli(), 0)),
		attributeShards:  attr.Number(int64(state.Shards)),
	}
	row.SetString(attributeSweepAfter, state.SweepAfter)
	for name, value := range progressKey {
		row[name] = value
	}
	if _, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Table, Item: row}); err != nil {
		return fmt.Errorf("store: save progress: %w", err)
	}
	return nil
}
