package backends

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestDynamoKeepsItemsOverARestart(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	options := DynamoOptions{Root: testRoot(t), Dir: t.TempDir()}
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}

	first, err := StartDynamo(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	db := dynamodb.NewFromConfig(testConfig(first.URL))
	if _, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            aws.String("things"),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
	awaitTable(ctx, t, db, "things")
	if _, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("things"), Item: key}); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	if first.Healthy(ctx) {
		t.Error("a stopped peer calls itself healthy")
	}

	second, err := StartDynamo(ctx, options)
	started(t, second, err)
	got, err := dynamodb.NewFromConfig(testConfig(second.URL)).GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("things"), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Item) != 1 {
		t.Errorf("item = %v, want the one put before the restart", got.Item)
	}
	if !second.Healthy(ctx) {
		t.Error("a running peer calls itself unhealthy")
	}
}

// awaitTable waits until a table is active: dynalite answers CreateTable a moment before.
func awaitTable(ctx context.Context, t *testing.T, db *dynamodb.Client, name string) {
	t.Helper()
	waiter := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 10*time.Millisecond
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
}
