package peertest

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// CreateTable creates a table, billed by request, and waits for it.
func CreateTable(t testing.TB, client *dynamodb.Client, in *dynamodb.CreateTableInput) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	in.BillingMode = types.BillingModePayPerRequest
	if _, err := client.CreateTable(ctx, in); err != nil {
		t.Fatal(err)
	}
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 5*time.Millisecond, 50*time.Millisecond
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: in.TableName}, 10*time.Second); err != nil {
		t.Fatalf("table %s: %v", aws.ToString(in.TableName), err)
	}
}

// Key is a key schema: the partition key, then the sort key, if any.
func Key(names ...string) []types.KeySchemaElement {
	elements := make([]types.KeySchemaElement, len(names))
	for i, name := range names {
		elements[i] = types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeHash}
		if i > 0 {
			elements[i].KeyType = types.KeyTypeRange
		}
	}
	return elements
}

// Strings defines attributes of type string.
func Strings(names ...string) []types.AttributeDefinition {
	return define(types.ScalarAttributeTypeS, names)
}

// Numbers defines attributes of type number.
func Numbers(names ...string) []types.AttributeDefinition {
	return define(types.ScalarAttributeTypeN, names)
}

func define(kind types.ScalarAttributeType, names []string) []types.AttributeDefinition {
	definitions := make([]types.AttributeDefinition, len(names))
	for i, name := range names {
		definitions[i] = types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
	}
	return definitions
}
