package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/tableapi"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// DeliveriesAPI is what Deliveries needs of *dynamodb.Client.
type DeliveriesAPI interface {
	tableapi.Getter
	tableapi.Updater
	tableapi.Querier
}

var (
	_ DeliveriesAPI    = (*dynamodb.Client)(nil)
	_ delivery.Records = Deliveries{}
	_ expand.Records   = Deliveries{}
	_ schedule.Results = Deliveries{}
)

// Attributes of a delivery that no other package uses.
const (
	attributeClaimant  = "claimant"
	attributeClaimedAt = "claimed_at"
	attributeAttempts  = "attempts"
	attributeReason    = "reason"
	attributeMessageID = "message_id"
	attributeAt        = "at"
	attributeBounced   = "bounced"
)

// Deliveries is the Deliveries table.
type Deliveries struct {
	Client DeliveriesAPI
	Table  string
	TTL    time.Duration // how long results are kept
	Clock  clock.Clock
}

func deliveryKey(id delivery.ID) attr.Item {
	return attr.Item{contract.AttributeDelivery: attr.String(id.Occurrence()), contract.AttributeSubscriber: attr.String(id.Subscriber)}
}

// Claim claims the record, or returns why it cannot be claimed.
func (d Deliveries) Claim(ctx context.Context, id delivery.ID, now time.Time, lease time.Duration) (delivery.Claim, error) {
	claimant := rand.Text()
	_, err := d.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &d.Table, Key: deliveryKey(id),
		UpdateExpression: aws.String("SET #status = :sending, #claimant = :claimant, #claimed = :now, #at = :now, #expires = :expires ADD #attempts :one"),
		ConditionExpression: aws.String("attribute_not_exists(#status) OR #status = :retrying OR (#status = :failed AND attribute_not_exists(#bounced)) " +
			"OR (#status = :sending AND #claimed <= :stale)"),
		ExpressionAttributeNames: map[string]string{
			"#status": attributeStatus, "#claimed": attributeClaimedAt, "#at": attributeAt, "#expires": contract.AttributeTTL,
			"#attempts": attributeAttempts, "#bounced": attributeBounced, "#claimant": attributeClaimant,
		},
		ExpressionAttributeValues: attr.Item{
			":sending": attr.String(delivery.StatusSending), ":retrying": attr.String(delivery.StatusRetrying), ":failed": attr.String(delivery.StatusFailed),
			":now": attr.Number(now.UnixMilli()), ":stale": attr.Number(now.Add(-lease).UnixMilli()),
			":expires": attr.Number(now.Add(d.TTL).Unix()), ":one": attr.Number(1), ":claimant": attr.String(claimant),
		},
	})
	var taken *types.ConditionalCheckFailedException
	if err == nil {
		return delivery.Claimed, nil
	}
	if !errors.As(err, &taken) {
		return delivery.Busy, fmt.Errorf("store: claim delivery to %s: %w", id.Subscriber, err)
	}
	return d.taken(ctx, id, claimant)
}

// taken returns the claim of an existing record: Claimed if the claimant is this one, as after a retry of the SDK whose
// first answer was lost.
func (d Deliveries) taken(ctx context.Context, id delivery.ID, claimant string) (delivery.Claim, error) {
	out, err := d.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &d.Table, Key: deliveryKey(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return delivery.Busy, fmt.Errorf("store: get delivery to %s: %w", id.Subscriber, err)
	}
	row := attr.Item(out.Item)
	switch row.String(attributeStatus) {
	case delivery.StatusSending:
		if row.String(attributeClaimant) == claimant {
			return delivery.Claimed, nil
		}
		return delivery.Busy, nil
	case delivery.StatusSent, delivery.StatusSuppressed, delivery.StatusFailed:
		return delivery.Done, nil
	default:
		return delivery.Busy, nil
	}
}

// Settle writes the outcome, unless the record says that the mail was sent, suppressed, or has bounced.
func (d Deliveries) Settle(ctx context.Context, id delivery.ID, o delivery.Outcome, now time.Time) error {
	err := d.write(ctx, id, o, now, "(attribute_not_exists(#status) OR NOT #status IN (:sent, :suppressed)) AND attribute_not_exists(#bounced)",
		"", attr.Item{":sent": attr.String(delivery.StatusSent), ":suppressed": attr.String(delivery.StatusSuppressed)})
	var settled *types.ConditionalCheckFailedException
	if errors.As(err, &settled) {
		return nil
	}
	return err
}

// Bounce records that a mail has bounced, whatever the record says.
func (d Deliveries) Bounce(ctx context.Context, id delivery.ID, reason string, now time.Time) error {
	return d.write(ctx, id, delivery.Outcome{Status: delivery.StatusFailed, Reason: reason}, now, "", ", #bounced = :bounced", attr.Item{":bounced": attr.Number(1)})
}

// Suppress records that the subscriber is suppressed.
func (d Deliveries) Suppress(ctx context.Context, id delivery.ID, reason string) error {
	return d.Settle(ctx, id, delivery.Outcome{Status: delivery.StatusSuppressed, Reason: reason}, d.Clock.Now())
}

func (d Deliveries) write(ctx context.Context, id delivery.ID, o delivery.Outcome, now time.Time, condition, set string, values attr.Item) error {
	update := &dynamodb.UpdateItemInput{
		TableName: &d.Table, Key: deliveryKey(id),
		UpdateExpression: aws.String("SET #status = :status, #at = :now, #expires = :expires, #reason = :reason, #message = :message" + set),
		ExpressionAttributeNames: map[string]string{
			"#status": attributeStatus, "#at": attributeAt, "#expires": contract.AttributeTTL, "#reason": attributeReason,
			"#message": attributeMessageID, "#bounced": attributeBounced,
		},
		ExpressionAttributeValues: attr.Item{
			":status": attr.String(o.Status), ":now": attr.Number(now.UnixMilli()), ":expires": attr.Number(now.Add(d.TTL).Unix()),
			":reason": attr.String(o.Reason), ":message": attr.String(o.MessageID),
		},
	}
	for name, value := range values {
		update.ExpressionAttributeValues[name] = value
	}
	if condition != "" {
		update.ConditionExpression = &condition
	}
	if _, err := d.Client.UpdateItem(ctx, update); err != nil {
		return fmt.Errorf("store: settle delivery to %s: %w", id.Subscriber, err)
	}
	return nil
}

// Results reads the results of an occurrence, in order of the subscribers' ids.
func (d Deliveries) Results(ctx context.Context, group, key string, due time.Time, after string, limit int) ([]schedule.Result, string, error) {
	id := delivery.ID{Group: group, Key: key, Due: due.UnixMilli(), Subscriber: after}
	query := &dynamodb.QueryInput{
		TableName:                 &d.Table,
		KeyConditionExpression:    aws.String("#delivery = :delivery"),
		ExpressionAttributeNames:  map[string]string{"#delivery": contract.AttributeDelivery},
		ExpressionAttributeValues: attr.Item{":delivery": attr.String(id.Occurrence())},
		ConsistentRead:            aws.Bool(true),
		Limit:                     aws.Int32(int32(limit)),
	}
	if after != "" {
		query.ExclusiveStartKey = deliveryKey(id)
	}
	out, err := d.Client.Query(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("store: results of %q: %w", key, err)
	}
	results := make([]schedule.Result, len(out.Items))
	for i, row := range out.Items {
		row := attr.Item(row)
		at, err := row.Number(attributeAt)
		if err != nil {
			return nil, "", fmt.Errorf("store: results of %q: %w", key, err)
		}
		attempts, err := row.Number(attributeAttempts)
		if err != nil {
			return nil, "", fmt.Errorf("store: results of %q: %w", key, err)
		}
		results[i] = schedule.Result{
			Subscriber: row.String(contract.AttributeSubscriber), Due: due, Status: row.String(attributeStatus), Reason: row.String(attributeReason),
			MessageID: row.String(attributeMessageID), Attempts: int(attempts), At: time.UnixMilli(at).UTC(),
		}
	}
	return results, attr.Item(out.LastEvaluatedKey).String(contract.AttributeSubscriber), nil
}
