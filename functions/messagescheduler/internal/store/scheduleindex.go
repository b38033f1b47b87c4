package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

var (
	_ schedule.Messages = Schedule{}
	_ dispatch.Index    = Schedule{}
	_ dispatch.Pointers = Schedule{}
	_ dispatch.Progress = Schedule{}
)

// Waiting reads the messages of one bucket that are due in [from, to), in order.
func (s Schedule) Waiting(ctx context.Context, minute time.Time, shard int, from, to time.Time) ([]schedule.Due, error) {
	bucket := bucketOf(minute, shard)
	low := int64(0)
	if !from.IsZero() {
		low = from.UnixMilli()
	}
	query := &dynamodb.QueryInput{
		TableName: &s.Table, IndexName: aws.String(contract.IndexByDue),
		KeyConditionExpression:   aws.String("#bucket = :bucket AND #due BETWEEN :from AND :to"),
		ExpressionAttributeNames: map[string]string{"#bucket": contract.AttributeBucket, "#due": contract.AttributeDue},
		ExpressionAttributeValues: attr.Item{
			":bucket": attr.String(bucket), ":from": attr.String(fmt.Sprintf("%013d", low)), ":to": attr.String(fmt.Sprintf("%013d", to.UnixMilli())),
		},
	}
	var found []schedule.Due
	for {
		out, err := s.Client.Query(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("store: query bucket %q: %w", bucket, err)
		}
		for _, row := range out.Items {
			due, err := parseWaiting(row)
			if err != nil {
				return nil, fmt.Errorf("store: bucket %q: %w", bucket, err)
			}
			found = append(found, due)
		}
		if len(out.LastEvaluatedKey) == 0 {
			return found, nil
		}
		query.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

func parseWaiting(row attr.Item) (schedule.Due, error) {
	version, err := row.Number(contract.AttributeVersion)
	if err != nil {
		return schedule.Due{}, err
	}
	digits, _, _ := strings.Cut(row.String(contract.AttributeDue), "#")
	due, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return schedule.Due{}, fmt.Errorf("attribute %s: %q begins with no time", contract.AttributeDue, row.String(contract.AttributeDue))
	}
	return schedule.Due{Group: row.String(contract.AttributeGroup), Key: row.String(contract.AttributeKey), Version: version, Due: due}, nil
}

// listRounds bounds the reads of one List: filtered by a rare status, it would take many.
const listRounds = 10

// List reads a page by due time: keys from the index, which may lag, and the messages themselves with consistent reads.
func (s Schedule) List(ctx context.Context, f schedule.Filter) (schedule.Page, error) {
	var page schedule.Page
	query, err := s.listQuery(f)
	if err != nil {
		return page, err
	}
	for range listRounds {
		out, err := s.Client.Query(ctx, query)
		if err != nil {
			return page, fmt.Errorf("store: list messages of group %q: %w", f.Group, err)
		}
		messages, err := s.read(ctx, out.Items)
		if err != nil {
			return page, fmt.Errorf("store: list messages of group %q: %w", f.Group, err)
		}
		for i, row := range out.Items {
			m, found := messages[ownerOf(row)]
			if page.Next = positionOf(row); found && (f.Status == "" || m.Status == f.Status) {
				page.Messages = append(page.Messages, m)
			}
			if len(page.Messages) == f.Limit && (i < len(out.Items)-1 || len(out.LastEvaluatedKey) > 0) {
				return page, nil
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			page.Next = ""
			return page, nil
		}
		query.ExclusiveStartKey = out.LastEvaluatedKey
	}
	return page, nil
}

func (s Schedule) listQuery(f schedule.Filter) (*dynamodb.QueryInput, error) {
	low, high := int64(0), int64(math.MaxInt64/1000)
	if !f.From.IsZero() {
		low = f.From.UnixMilli()
	}
	if !f.To.IsZero() {
		high = f.To.UnixMilli() - 1
	}
	query := &dynamodb.QueryInput{
		TableName: &s.Table, IndexName: aws.String(contract.IndexByTime),
		KeyConditionExpression:   aws.String("#group = :group AND #time BETWEEN :from AND :to"),
		ExpressionAttributeNames: map[string]string{"#group": contract.AttributeGroup, "#time": contract.AttributeTime},
		ExpressionAttributeValues: attr.Item{
			":group": attr.String(f.Group), ":from": attr.Number(low), ":to": attr.Number(max(high, low)),
		},
		Limit: aws.Int32(int32(f.Limit)),
	}
	if f.After == "" {
		return query, nil
	}
	ms, key, ok := strings.Cut(f.After, ".")
	at, err := strconv.ParseInt(ms, 10, 64)
	if !ok || err != nil || !schedule.IsKey(key) || at < low || at > high {
		return nil, schedule.Invalid("next", f.After, "the value of next in the page before, with the same from and to")
	}
	query.ExclusiveStartKey = keyOf(f.Group, key)
	query.ExclusiveStartKey[contract.AttributeTime] = attr.Number(at)
	return query, nil
}

// positionOf returns the position after row, for the next page.
func positionOf(row attr.Item) string {
	at, _ := row[contract.AttributeTime].(*types.AttributeValueMemberN)
	return at.Value + "." + row.String(contract.AttributeKey)
}

func ownerOf(row attr.Item) [2]string {
	return [2]string{row.String(contract.AttributeGroup), row.String(contract.AttributeKey)}
}

// batchKeys is how many items BatchGetItem reads.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const batchKeys = 100

func (s Schedule) read(ctx context.Context, rows []map[string]types.AttributeValue) (map[[2]string]schedule.Message, error) {
	owners := make([][2]string, len(rows))
	for i, row := range rows {
		owners[i] = ownerOf(row)
	}
	found := map[[2]string]schedule.Message{}
	err := s.batchGet(ctx, owners, func(row attr.Item) error {
		m, err := parseScheduled(row)
		found[ownerOf(row)] = m
		return err
	})
	return found, err
}

// Pointed returns the object of each message that exists.
func (s Schedule) Pointed(ctx context.Context, messages [][2]string) (map[[2]string]string, error) {
	objects := map[[2]string]string{}
	err := s.batchGet(ctx, messages, func(row attr.Item) error {
		objects[ownerOf(row)] = row.String(attributeObject)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: read %d messages: %w", len(messages), err)
	}
	return objects, nil
}

// batchGet reads until no key is left unprocessed: a successful call may leave some.
func (s Schedule) batchGet(ctx context.Context, owners [][2]string, each func(attr.Item) error) error {
	for part := range slices.Chunk(owners, batchKeys) {
		keys := make([]map[string]types.AttributeValue, len(part))
		for i, o := range part {
			keys[i] = keyOf(o[0], o[1])
		}
		asked := map[string]types.KeysAndAttributes{s.Table: {Keys: keys, ConsistentRead: aws.Bool(true)}}
		backoff := batchBackoff
		for try := 0; len(asked) > 0; try++ {
			if try == batchTries {
				return fmt.Errorf("%w: after %d tries", ErrUnprocessed, batchTries)
			}
			if try > 0 {
				if err := s.Clock.Sleep(ctx, backoff); err != nil {
					return err
				}
				backoff *= 2
			}
			out, err := s.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: asked})
			if err != nil {
				return err
			}
			for _, row := range out.Responses[s.Table] {
				if err := each(row); err != nil {
					return err
				}
			}
			asked = out.UnprocessedKeys
		}
	}
	return nil
}
