package store_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/peertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/store"
)

// TestSchedulerTablesInDynalite runs the suites that the stores in memory pass against a DynamoDB that others wrote.
func TestSchedulerTablesInDynalite(t *testing.T) {
	t.Parallel()
	client, clock := peertest.Dynalite(t), clock.NewFake()
	create := func(in dynamodb.CreateTableInput) { peertest.CreateTable(t, client, &in) }
	create(scheduleTable("schedule"))
	create(dynamodb.CreateTableInput{
		TableName: aws.String("subscribers"), KeySchema: peertest.Key(contract.AttributeGroup, contract.AttributeSubscriber),
		AttributeDefinitions: peertest.Strings(contract.AttributeGroup, contract.AttributeSubscriber),
	})
	create(dynamodb.CreateTableInput{
		TableName: aws.String("deliveries"), KeySchema: peertest.Key(contract.AttributeDelivery, contract.AttributeSubscriber),
		AttributeDefinitions: peertest.Strings(contract.AttributeDelivery, contract.AttributeSubscriber),
	})

	const shards = 4
	schedulertest.TestMessages(t, store.Schedule{Client: client, Table: "schedule", Shards: shards, Clock: clock}, shards)
	schedulertest.TestDeliveries(t, store.Deliveries{Client: client, Table: "deliveries", TTL: time.Hour, Clock: clock})
	schedulertest.TestSubscribers(t, store.Subscribers{Client: client, Table: "subscribers", PageSize: 4})
}

// scheduleTable is the table with its indexes, projected as the contract says.
func scheduleTable(name string) dynamodb.CreateTableInput {
	return dynamodb.CreateTableInput{
		TableName: &name, KeySchema: peertest.Key(contract.AttributeGroup, contract.AttributeKey),
		AttributeDefinitions: append(
			peertest.Strings(contract.AttributeGroup, contract.AttributeKey, contract.AttributeBucket, contract.AttributeDue),
			peertest.Numbers(contract.AttributeTime)...),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{
				IndexName: aws.String(contract.IndexByDue), KeySchema: peertest.Key(contract.AttributeBucket, contract.AttributeDue),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{contract.AttributeVersion}},
			},
			{
				IndexName: aws.String(contract.IndexByTime), KeySchema: peertest.Key(contract.AttributeGroup, contract.AttributeTime),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			},
		},
	}
}
