package dynamo_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/dynamo"
	"github.com/hermes-cdk/hermes/functions/internal/hub/hubtest"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// TestTablesInDynalite runs the suite that the tables in memory pass against a DynamoDB that others wrote.
func TestTablesInDynalite(t *testing.T) {
	t.Parallel()
	client := startDynalite(t)
	createTable(t, client, "connections", []string{contract.AttributeRoomID, contract.AttributeConnectionID}, contract.AttributeUserID, contract.AttributeRoomID)
	createTable(t, client, "rooms", []string{contract.AttributeRoomID})
	createTable(t, client, "messages", []string{contract.AttributeRoomID, contract.AttributeSeq})
	createTable(t, client, "tokens", []string{contract.AttributeUserID, contract.AttributeRoomID})

	clock := hubtest.NewClock()
	hubtest.TestTables(t, hubtest.Tables{
		Connections: dynamo.Connections{Client: client, Table: "connections", TTL: contract.DefaultConnectionTTL},
		Rooms:       dynamo.Rooms{Client: client, Table: "rooms"},
		Messages:    dynamo.Messages{Client: client, Table: "messages", TTL: hubtest.HistoryTTL, Clock: clock},
		Tokens:      dynamo.Tokens{Client: client, Table: "tokens"},
		PutToken:    func(userID, roomID string, row token.Row) { putToken(t, client, userID, roomID, row) },
		Clock:       clock,
	})
}

func putToken(t *testing.T, client *dynamodb.Client, userID, roomID string, row token.Row) {
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
