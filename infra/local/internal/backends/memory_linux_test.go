package backends

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A query that has been answered must not keep the rows as they were: one of 100 KB that is written and read 1,000 times
// would come to 100 MB.
func TestDynamoForgetsWhatQueriesHaveSeen(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	peer, err := StartDynamo(ctx, DynamoOptions{Root: testRoot(t)})
	started(t, peer, err)
	db := dynamodb.NewFromConfig(testConfig(peer.URL))
	if _, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            aws.String("things"),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
	awaitTable(ctx, t, db, "things")
	round := func(n int) {
		for range n {
			if _, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("things"), Item: map[string]types.AttributeValue{
				"id": &types.AttributeValueMemberS{Value: "a"}, "data": &types.AttributeValueMemberS{Value: strings.Repeat("x", 100<<10)},
			}}); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Query(ctx, &dynamodb.QueryInput{
				TableName: aws.String("things"), KeyConditionExpression: aws.String("id = :id"), ProjectionExpression: aws.String("id"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":id": &types.AttributeValueMemberS{Value: "a"}},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	round(100)
	before := resident(t, peer.cmd.Process.Pid)
	round(1000)
	if grown := resident(t, peer.cmd.Process.Pid) - before; grown > 60 {
		t.Errorf("it grew by %d MB", grown)
	}
}

// resident is the memory of a process in MB.
func resident(t *testing.T, pid int) (mb int) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	if _, err := fmt.Sscan(rest, &mb); err != nil {
		t.Fatal(err)
	}
	return mb >> 10
}
