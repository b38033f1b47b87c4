package store_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/peertest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

// TestTablesInDynalite runs the suite that the tables in memory pass against a DynamoDB that others wrote.
func TestTablesInDynalite(t *testing.T) {
	t.Parallel()
	client := peertest.Dynalite(t)
	create := func(in dynamodb.CreateTableInput) { peertest.CreateTable(t, client, &in) }
	create(dynamodb.CreateTableInput{
		TableName:            aws.String("connections"),
		KeySchema:            peertest.Key(contract.AttributeRoomID, contract.AttributeConnectionID),
		AttributeDefinitions: peertest.Strings(contract.AttributeRoomID, contract.AttributeConnectionID, contract.AttributeUserID),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(contract.IndexByUser), KeySchema: peertest.Key(contract.AttributeUserID, contract.AttributeRoomID),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	})
	create(dynamodb.CreateTableInput{
		TableName: aws.String("rooms"), KeySchema: peertest.Key(contract.AttributeRoomID), AttributeDefinitions: peertest.Strings(contract.AttributeRoomID),
	})
	create(dynamodb.CreateTableInput{
		TableName: aws.String("messages"), KeySchema: peertest.Key(contract.AttributeRoomID, contract.AttributeSeq),
		AttributeDefinitions: append(peertest.Strings(contract.AttributeRoomID), peertest.Numbers(contract.AttributeSeq)...),
	})
	create(dynamodb.CreateTableInput{
		TableName: aws.String("tokens"), KeySchema: peertest.Key(contract.AttributeUserID, contract.AttributeRoomID),
		AttributeDefinitions: peertest.Strings(contract.AttributeUserID, contract.AttributeRoomID),
	})

	clock := clock.NewFake()
	hubtest.TestTables(t, hubtest.Tables{
		Connections: store.Connections{Client: client, Table: "connections", TTL: contract.DefaultConnectionTTL},
		Rows:        store.Rows{Client: client, RoomsTable: "rooms", MessagesTable: "messages", Retention: hubtest.Retention},
		Tokens:      store.Tokens{Client: client, Table: "tokens"},
		PutToken:    func(userID, roomID string, row admission.Row) { putToken(t, client, userID, roomID, row) },
		Clock:       clock,
	})
}

func putToken(t *testing.T, client *dynamodb.Client, userID, roomID string, row admission.Row) {
	t.Helper()
	item := map[string]types.AttributeValue{
		"user_id": &types.AttributeValueMemberS{Value: userID},
		"room_id": &types.AttributeValueMemberS{Value: roomID},
		"token":   &types.AttributeValueMemberS{Value: row.Factor},
	}
	if !row.ExpiresAt.IsZero() {
		item["expires_at"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(row.ExpiresAt.Unix(), 10)}
	}
	if _, err := client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("tokens"), Item: item}); err != nil {
		t.Fatal(err)
	}
}
