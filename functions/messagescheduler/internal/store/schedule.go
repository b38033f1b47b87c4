package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/tableapi"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// ScheduleAPI is what Schedule needs of *dynamodb.Client.
type ScheduleAPI interface {
	tableapi.Putter
	tableapi.Getter
	tableapi.BatchGetter
	tableapi.Querier
}

var _ ScheduleAPI = (*dynamodb.Client)(nil)

// Schedule is the Schedule table: messages, and the dispatcher's progress.
type Schedule struct {
	Client ScheduleAPI
	Table  string
	Shards int // of each minute's bucket
	Clock  clock.Clock
}

// Attributes of a message that no other package uses.
const (
	attributeSubject     = "subject"
	attributeStatus      = "status"
	attributeRevision    = "revision"
	attributeObject      = "object"
	attributeChannels    = "channels"
	attributeTimezone    = "timezone"
	attributeRepeat      = "repeat"
	attributeOccurrence  = "occurrence"
	attributePrevious    = "previous"
	attributeCancelled   = "cancelled"
	attributeFingerprint = "fingerprint"
	attributeDispatchAt  = "dispatch_at"
	attributeCreatedAt   = "created_at"
	attributeUpdatedAt   = "updated_at"
)

// Create writes a message, or returns schedule.ErrExists.
func (s Schedule) Create(ctx context.Context, m schedule.Message) error {
	row, err := s.rowOf(m)
	if err != nil {
		return err
	}
	_, err = s.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.Table, Item: row,
		ConditionExpression:      aws.String("attribute_not_exists(#key)"),
		ExpressionAttributeNames: map[string]string{"#key": contract.AttributeKey},
	})
	return conditional("create message "+m.Key, err, schedule.ErrExists)
}

// Update replaces the message of revision seen. A call that the SDK retries because an answer was lost finds its own
// write: it is recognized by the revision, which is the next one, and by the time of the change.
func (s Schedule) Update(ctx context.Context, m schedule.Message, seen int64) error {
	row, err := s.rowOf(m)
	if err != nil {
		return err
	}
	_, err = s.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.Table, Item: row,
		ConditionExpression:      aws.String("#revision = :seen OR (#revision = :next AND #updated = :updated AND #status = :status AND #object = :object)"),
		ExpressionAttributeNames: map[string]string{"#revision": attributeRevision, "#updated": attributeUpdatedAt, "#status": attributeStatus, "#object": attributeObject},
		ExpressionAttributeValues: attr.Item{
			":seen": attr.Number(seen), ":next": attr.Number(m.Revision), ":updated": row[attributeUpdatedAt],
			":status": row[attributeStatus], ":object": row[attributeObject],
		},
	})
	return conditional("update message "+m.Key, err, schedule.ErrConflict)
}

// conditional maps the failure of a condition to a sentinel.
func conditional(operation string, err, refused error) error {
	var failed *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		return fmt.Errorf("store: %s: %w", operation, refused)
	default:
		return fmt.Errorf("store: %s: %w", operation, err)
	}
}

// Get reads a message with a consistent read.
func (s Schedule) Get(ctx context.Context, group, key string) (schedule.Message, bool, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Table, Key: keyOf(group, key), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return schedule.Message{}, false, fmt.Errorf("store: get message %q: %w", key, err)
	}
	if len(out.Item) == 0 {
		return schedule.Message{}, false, nil
	}
	m, err := parseScheduled(out.Item)
	return m, true, err
}

func keyOf(group, key string) attr.Item {
	return attr.Item{contract.AttributeGroup: attr.String(group), contract.AttributeKey: attr.String(key)}
}

func (s Schedule) rowOf(m schedule.Message) (attr.Item, error) {
	row := keyOf(m.Group, m.Key)
	row[contract.AttributeTime] = attr.Number(m.Due.UnixMilli())
	row[contract.AttributeVersion] = attr.Number(m.Version)
	row[attributeRevision] = attr.Number(m.Revision)
	row[attributeOccurrence] = attr.Number(int64(m.Occurrence))
	row[attributeCreatedAt] = attr.Number(m.CreatedAt.UnixMilli())
	row[attributeUpdatedAt] = attr.Number(m.UpdatedAt.UnixMilli())
	row.SetString(attributeSubject, m.Subject)
	row.SetString(attributeStatus, string(m.Status))
	row.SetString(attributeObject, m.Object)
	row.SetString(attributeChannels, strings.Join(m.Channels, ","))
	row.SetString(attributeTimezone, m.Timezone)
	row.SetString(attributeFingerprint, m.Fingerprint)
	if m.Repeat != nil {
		repeat, err := json.Marshal(m.Repeat)
		if err != nil {
			return nil, fmt.Errorf("store: message %q: %w", m.Key, err)
		}
		row[attributeRepeat] = attr.String(string(repeat))
	}
	if m.Cancelled {
		row[attributeCancelled] = attr.Number(1)
	}
	setTime(row, attributePrevious, m.Previous, time.Time.UnixMilli)
	setTime(row, contract.AttributeTTL, m.ExpiresAt, time.Time.Unix)
	if !m.DispatchAt.IsZero() {
		row[attributeDispatchAt] = attr.Number(m.DispatchAt.UnixMilli())
		row[contract.AttributeBucket] = attr.String(bucketOf(m.DispatchAt, s.shardOf(m.Group, m.Key)))
		row[contract.AttributeDue] = attr.String(fmt.Sprintf("%013d#%s", m.Due.UnixMilli(), m.Key))
	}
	return row, nil
}

// setTime sets the attribute name unless t is the zero time.
func setTime(row attr.Item, name string, t time.Time, unit func(time.Time) int64) {
	if !t.IsZero() {
		row[name] = attr.Number(unit(t))
	}
}

// shardOf returns the shard of a message, which spreads a minute's messages.
func (s Schedule) shardOf(group, key string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group + "/" + key))
	return int(h.Sum32() % uint32(max(s.Shards, 1)))
}

// bucketOf returns the name of the bucket of a minute and a shard.
func bucketOf(t time.Time, shard int) string {
	return fmt.Sprintf("%s#%02d", t.UTC().Format("2006-01-02T15:04Z"), shard)
}

func parseScheduled(row attr.Item) (schedule.Message, error) {
	m := schedule.Message{
		Group: row.String(contract.AttributeGroup), Key: row.String(contract.AttributeKey), Subject: row.String(attributeSubject),
		Status: schedule.Status(row.String(attributeStatus)), Object: row.String(attributeObject),
		Channels: strings.Split(row.String(attributeChannels), ","), Timezone: row.String(attributeTimezone), Fingerprint: row.String(attributeFingerprint),
	}
	var occurrence, cancelled int64
	for _, f := range []struct {
		name string
		into *int64
	}{
		{contract.AttributeVersion, &m.Version}, {attributeRevision, &m.Revision}, {attributeOccurrence, &occurrence}, {attributeCancelled, &cancelled},
	} {
		n, err := row.Number(f.name)
		if err != nil {
			return m, fmt.Errorf("store: message %q: %w", m.Key, err)
		}
		*f.into = n
	}
	m.Occurrence, m.Cancelled = int(occurrence), cancelled == 1
	for _, f := range []struct {
		name string
		into *time.Time
		of   func(int64) time.Time
	}{
		{contract.AttributeTime, &m.Due, time.UnixMilli},
		{attributePrevious, &m.Previous, time.UnixMilli},
		{attributeDispatchAt, &m.DispatchAt, time.UnixMilli},
		{attributeCreatedAt, &m.CreatedAt, time.UnixMilli},
		{attributeUpdatedAt, &m.UpdatedAt, time.UnixMilli},
		{contract.AttributeTTL, &m.ExpiresAt, func(s int64) time.Time { return time.Unix(s, 0) }},
	} {
		n, err := row.Number(f.name)
		if err != nil {
			return m, fmt.Errorf("store: message %q: %w", m.Key, err)
		}
		if n != 0 {
			*f.into = f.of(n).UTC()
		}
	}
	if repeat := row.String(attributeRepeat); repeat != "" {
		if err := json.Unmarshal([]byte(repeat), &m.Repeat); err != nil {
			return m, fmt.Errorf("store: message %q: repeat: %w", m.Key, err)
		}
	}
	return m, nil
}
