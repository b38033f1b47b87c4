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
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// SubscribersAPI is what Subscribers needs of *dynamodb.Client.
type SubscribersAPI interface {
	tableapi.Putter
	tableapi.Getter
	tableapi.Updater
	tableapi.Deleter
	tableapi.Querier
}

var (
	_ SubscribersAPI     = (*dynamodb.Client)(nil)
	_ subscribers.Store  = Subscribers{}
	_ expand.Subscribers = Subscribers{}
	_ schedule.Directory = Subscribers{}
)

// Attributes of a subscriber that no other package uses.
const (
	attributeEmail = "email"
	attributeName  = "name"
)

// Subscribers is the Subscribers table.
type Subscribers struct {
	Client SubscribersAPI
	Table  string
	// PageSize is how many rows Receiving reads at a time. Default: 1000.
	PageSize int
}

func subscriberKey(group, id string) attr.Item {
	return attr.Item{contract.AttributeGroup: attr.String(group), contract.AttributeSubscriber: attr.String(id)}
}

// Add writes a subscriber unless it exists, and then returns the existing one.
func (s Subscribers) Add(ctx context.Context, one subscribers.Subscriber) (subscribers.Subscriber, bool, error) {
	row := subscriberKey(one.Group, one.ID)
	row.SetString(attributeEmail, one.Email)
	row.SetString(attributeName, one.Name)
	row.SetString(attributeTimezone, one.Timezone)
	row.SetString(attributeStatus, one.Status)
	row[attributeCreatedAt] = attr.Number(one.CreatedAt.UnixMilli())
	_, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.Table, Item: row,
		ConditionExpression:      aws.String("attribute_not_exists(#id)"),
		ExpressionAttributeNames: map[string]string{"#id": contract.AttributeSubscriber},
	})
	var exists *types.ConditionalCheckFailedException
	if err == nil || !errors.As(err, &exists) {
		return one, err == nil, conditional("add subscriber "+one.ID, err, nil)
	}
	kept, found, err := s.Get(ctx, one.Group, one.ID)
	if err == nil && !found { // removed between the two calls
		return one, false, fmt.Errorf("store: add subscriber %s: %w", one.ID, schedule.ErrBusy)
	}
	return kept, false, err
}

// Get reads a subscriber with a consistent read.
func (s Subscribers) Get(ctx context.Context, group, id string) (subscribers.Subscriber, bool, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Table, Key: subscriberKey(group, id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return subscribers.Subscriber{}, false, fmt.Errorf("store: get subscriber %s: %w", id, err)
	}
	if len(out.Item) == 0 {
		return subscribers.Subscriber{}, false, nil
	}
	one, err := parseSubscriber(out.Item)
	return one, true, err
}

// SetStatus changes the status of an existing subscriber.
func (s Subscribers) SetStatus(ctx context.Context, group, id, status string) (bool, error) {
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Table, Key: subscriberKey(group, id),
		UpdateExpression:          aws.String("SET #status = :status"),
		ConditionExpression:       aws.String("attribute_exists(#id)"),
		ExpressionAttributeNames:  map[string]string{"#status": attributeStatus, "#id": contract.AttributeSubscriber},
		ExpressionAttributeValues: attr.Item{":status": attr.String(status)},
	})
	err = conditional("set status of subscriber "+id, err, subscribers.ErrNotFound)
	if errors.Is(err, subscribers.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Remove deletes a subscriber, and reports whether it existed.
func (s Subscribers) Remove(ctx context.Context, group, id string) (bool, error) {
	out, err := s.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &s.Table, Key: subscriberKey(group, id), ReturnValues: types.ReturnValueAllOld,
	})
	if err != nil {
		return false, fmt.Errorf("store: remove subscriber %s: %w", id, err)
	}
	return len(out.Attributes) > 0, nil
}

// HasAny reports whether a group has a subscriber.
func (s Subscribers) HasAny(ctx context.Context, group string) (bool, error) {
	page, _, err := s.List(ctx, group, "", 1)
	return len(page) > 0, err
}

// List reads a page in the order of the ids.
func (s Subscribers) List(ctx context.Context, group, after string, limit int) (page []subscribers.Subscriber, next string, err error) {
	out, err := s.Client.Query(ctx, s.query(group, after, limit))
	if err != nil {
		return nil, "", fmt.Errorf("store: list subscribers of group %q: %w", group, err)
	}
	for _, row := range out.Items {
		one, err := parseSubscriber(row)
		if err != nil {
			return nil, "", err
		}
		page = append(page, one)
	}
	return page, attr.Item(out.LastEvaluatedKey).String(contract.AttributeSubscriber), nil
}

// Receiving calls page with the recipients of a group's messages.
func (s Subscribers) Receiving(ctx context.Context, group, after string, page func([]expand.Subscriber) error) error {
	size := s.PageSize
	if size == 0 {
		size = 1000
	}
	for {
		read, next, err := s.List(ctx, group, after, size)
		if err != nil {
			return err
		}
		var receiving []expand.Subscriber
		for _, one := range read {
			if one.Receives() {
				receiving = append(receiving, expand.Subscriber{ID: one.ID, Email: one.Email, Name: one.Name, Suppressed: one.Suppressed()})
			}
		}
		if len(receiving) > 0 {
			if err := page(receiving); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

func (s Subscribers) query(group, after string, limit int) *dynamodb.QueryInput {
	query := &dynamodb.QueryInput{
		TableName:                 &s.Table,
		KeyConditionExpression:    aws.String("#group = :group"),
		ExpressionAttributeNames:  map[string]string{"#group": contract.AttributeGroup},
		ExpressionAttributeValues: attr.Item{":group": attr.String(group)},
		ConsistentRead:            aws.Bool(true),
		Limit:                     aws.Int32(int32(limit)),
	}
	if after != "" {
		query.ExclusiveStartKey = subscriberKey(group, after)
	}
	return query
}

func parseSubscriber(row attr.Item) (subscribers.Subscriber, error) {
	one := subscribers.Subscriber{
		Group: row.String(contract.AttributeGroup), ID: row.String(contract.AttributeSubscriber), Email: row.String(attributeEmail),
		Name: row.String(attributeName), Timezone: row.String(attributeTimezone), Status: row.String(attributeStatus),
	}
	ms, err := row.Number(attributeCreatedAt)
	if err != nil {
		return one, fmt.Errorf("store: subscriber %s: %w", one.ID, err)
	}
	one.CreatedAt = time.UnixMilli(ms).UTC()
	return one, nil
}
