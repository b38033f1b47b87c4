package dynamo_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/dynamo"
	"github.com/hermes-cdk/hermes/functions/internal/hub/hubtest"
	"github.com/hermes-cdk/hermes/functions/internal/schedule/scheduletest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// TestSchedulerTablesInDynalite runs the suites that the stores in memory pass against a DynamoDB that others wrote.
func TestSchedulerTablesInDynalite(t *testing.T) {
	t.Parallel()
	client, clock := startDynalite(t), hubtest.NewClock()
	createScheduleTable(t, client, "schedule")
	createTable(t, client, "subscribers", []string{contract.AttributeGroup, contract.AttributeSubscriber})
	createTable(t, client, "deliveries", []string{contract.AttributeDelivery, contract.AttributeSubscriber})

	const shards = 4
	scheduletest.TestMessages(t, dynamo.Schedule{Client: client, Table: "schedule", Shards: shards, Clock: clock}, shards)
	scheduletest.TestDeliveries(t, dynamo.Deliveries{Client: client, Table: "deliveries", TTL: time.Hour, Clock: clock})
	scheduletest.TestPeople(t, dynamo.Subscribers{Client: client, Table: "subscribers", PageSize: 4})
}

// createScheduleTable creates the table with its indexes, projected as the contract says.
func createScheduleTable(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
	}
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema([]string{contract.AttributeGroup, contract.AttributeKey}),
		AttributeDefinitions: []types.AttributeDefinition{
			attribute(contract.AttributeGroup, types.ScalarAttributeTypeS), attribute(contract.AttributeKey, types.ScalarAttributeTypeS),
			attribute(contract.AttributeBucket, types.ScalarAttributeTypeS), attribute(contract.AttributeDue, types.ScalarAttributeTypeS),
			attribute(contract.AttributeTime, types.ScalarAttributeTypeN),
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{
				IndexName: aws.String(contract.IndexByDue), KeySchema: schema([]string{contract.AttributeBucket, contract.AttributeDue}),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{contract.AttributeVersion}},
			},
			{
				IndexName: aws.String(contract.IndexByTime), KeySchema: schema([]string{contract.AttributeGroup, contract.AttributeTime}),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableExistsWaiter(client, soon).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, 10*time.Second); err != nil {
		t.Fatal(err)
	}
}
