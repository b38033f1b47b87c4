// Package tableapi has an interface for each operation of DynamoDB, of which a store composes what it needs of a client.
package tableapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Interfaces of *dynamodb.Client, one for each operation.
type (
	// A Getter calls GetItem.
	Getter interface {
		GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	}
	// A Putter calls PutItem.
	Putter interface {
		PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	}
	// An Updater calls UpdateItem.
	Updater interface {
		UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	}
	// A Deleter calls DeleteItem.
	Deleter interface {
		DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	}
	// A Querier calls Query.
	Querier interface {
		Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	}
	// A BatchGetter calls BatchGetItem.
	BatchGetter interface {
		BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	}
)
