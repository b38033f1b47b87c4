package receipts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/receipts"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/peertest"
)

func newTable(t *testing.T, now *time.Time) receipts.Table {
	t.Helper()
	client := peertest.Dynalite(t)
	table := receipts.Table{Client: client, Name: "receipts", TTL: time.Hour, Now: func() time.Time { return *now }}
	peertest.CreateTable(t, client, &dynamodb.CreateTableInput{
		TableName: &table.Name, KeySchema: peertest.Key(contract.AttributeMessageID, contract.AttributeReceiver),
		AttributeDefinitions: peertest.Strings(contract.AttributeMessageID, contract.AttributeReceiver),
	})
	return table
}

func TestClaims(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	table := newTable(t, &now)
	ctx := t.Context()
	claim := func(receiver string, want subscriber.Claim) {
		t.Helper()
		got, err := table.Claim(ctx, "m", receiver, now.Add(10*time.Second))
		if err != nil || got != want {
			t.Errorf("claim for %s is %v, %v, want %v", receiver, got, err, want)
		}
	}
	claim("a", subscriber.ClaimGranted)
	claim("a", subscriber.ClaimBusy)
	claim("b", subscriber.ClaimGranted) // each receiver has a receipt of its own
	now = now.Add(11 * time.Second)
	claim("a", subscriber.ClaimGranted) // whoever held it was killed
	if err := table.Sent(ctx, "m", "a"); err != nil {
		t.Fatal(err)
	}
	claim("a", subscriber.ClaimSent)
	now = now.Add(time.Hour)
	claim("a", subscriber.ClaimSent) // a receipt has no lease
	claim("b", subscriber.ClaimGranted)
	if err := table.Release(ctx, "m", "b"); err != nil {
		t.Fatal(err)
	}
	claim("b", subscriber.ClaimGranted)

	row, err := table.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table.Name, Key: map[string]types.AttributeValue{
		"message_id": &types.AttributeValueMemberS{Value: "m"}, "receiver": &types.AttributeValueMemberS{Value: "b"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := row.Item["expires_at"].(*types.AttributeValueMemberN).Value; got != "1700007211" {
		t.Errorf("the row expires at %s", got)
	}
}

// down is a DynamoDB that fails.
type down struct{ taken bool }

var errDown = errors.New("service is down")

func (d down) PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if d.taken {
		return nil, &types.ConditionalCheckFailedException{}
	}
	return nil, errDown
}

func (down) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return nil, errDown
}

func (down) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return nil, errDown
}

func TestFailuresArePassedOn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	table := receipts.Table{Client: down{}, Now: time.Now}
	_, claimed := table.Claim(ctx, "m", "r", time.Now())
	_, read := receipts.Table{Client: down{taken: true}, Now: time.Now}.Claim(ctx, "m", "r", time.Now())
	for want, err := range map[string]error{
		"receipts: claim message m: service is down":           claimed,
		"receipts: read receipt of message m: service is down": read,
		"receipts: note message m as sent: service is down":    table.Sent(ctx, "m", "r"),
		"receipts: release message m: service is down":         table.Release(ctx, "m", "r"),
	} {
		if !errors.Is(err, errDown) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
