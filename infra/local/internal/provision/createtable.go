package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// createTable creates the table unless it exists. A kept table with another schema is an error: AWS would replace the table
// and, with the CDK's default removal policy, keep the old one aside.
func createTable(ctx context.Context, c Tables, t Table) error {
	input := t.createInput()
	existing, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		_, err = c.CreateTable(ctx, input)
		return err
	}
	if err != nil {
		return err
	}
	kept, wanted := describeSchema(existing.Table), createSchema(input)
	if kept != wanted {
		return fmt.Errorf("%w: kept %s, wanted %s: remove the kept data, or start without it", ErrSchema, kept, wanted)
	}
	return nil
}

func (t Table) createInput() *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName: &t.Name, KeySchema: keySchema(t.Keys), BillingMode: types.BillingModePayPerRequest,
		ProvisionedThroughput: units(t.ReadUnits, t.WriteUnits),
	}
	if in.ProvisionedThroughput != nil {
		in.BillingMode = types.BillingModeProvisioned
	}
	keys := slices.Clone(t.Keys)
	for _, i := range t.Indexes {
		keys = append(keys, i.Keys...)
		p := &types.Projection{ProjectionType: types.ProjectionType(i.Projection), NonKeyAttributes: i.NonKeys}
		if i.Local {
			in.LocalSecondaryIndexes = append(in.LocalSecondaryIndexes,
				types.LocalSecondaryIndex{IndexName: aws.String(i.Name), KeySchema: keySchema(i.Keys), Projection: p})
			continue
		}
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.Name), KeySchema: keySchema(i.Keys), Projection: p, ProvisionedThroughput: units(i.ReadUnits, i.WriteUnits),
		})
	}
	slices.SortFunc(keys, func(a, b Key) int { return cmp.Compare(a.Name, b.Name) })
	for _, k := range slices.CompactFunc(keys, func(a, b Key) bool { return a.Name == b.Name }) {
		in.AttributeDefinitions = append(in.AttributeDefinitions,
			types.AttributeDefinition{AttributeName: aws.String(k.Name), AttributeType: types.ScalarAttributeType(k.Type)})
	}
	return in
}

func units(read, write int64) *types.ProvisionedThroughput {
	if read == 0 && write == 0 {
		return nil
	}
	return &types.ProvisionedThroughput{ReadCapacityUnits: &read, WriteCapacityUnits: &write}
}

func keySchema(keys []Key) []types.KeySchemaElement {
	var out []types.KeySchemaElement
	for i, k := range keys {
		kind := types.KeyTypeHash
		if i > 0 {
			kind = types.KeyTypeRange
		}
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(k.Name), KeyType: kind})
	}
	return out
}

// createSchema and describeSchema return what cannot be changed in place, as comparable text.
func createSchema(in *dynamodb.CreateTableInput) string {
	var indexes []string
	for _, i := range in.GlobalSecondaryIndexes {
		indexes = append(indexes, indexSchema("global", i.IndexName, i.KeySchema, i.Projection))
	}
	for _, i := range in.LocalSecondaryIndexes {
		indexes = append(indexes, indexSchema("local", i.IndexName, i.KeySchema, i.Projection))
	}
	return schema(in.KeySchema, in.AttributeDefinitions, indexes)
}

func describeSchema(t *types.TableDescription) string {
	var indexes []string
	for _, i := range t.GlobalSecondaryIndexes {
		indexes = append(indexes, indexSchema("global", i.IndexName, i.KeySchema, i.Projection))
	}
	for _, i := range t.LocalSecondaryIndexes {
		indexes = append(indexes, indexSchema("local", i.IndexName, i.KeySchema, i.Projection))
	}
	return schema(t.KeySchema, t.AttributeDefinitions, indexes)
}

func schema(keys []types.KeySchemaElement, attributes []types.AttributeDefinition, indexes []string) string {
	var typed []string
	for _, a := range attributes {
		typed = append(typed, aws.ToString(a.AttributeName)+" "+string(a.AttributeType))
	}
	slices.Sort(typed)
	slices.Sort(indexes)
	return fmt.Sprintf("key (%s) types (%s) indexes [%s]", keyNames(keys), strings.Join(typed, ", "), strings.Join(indexes, ", "))
}

func indexSchema(kind string, name *string, keys []types.KeySchemaElement, p *types.Projection) string {
	attributes := slices.Sorted(slices.Values(p.NonKeyAttributes))
	return fmt.Sprintf("%s %s (%s) %s %v", kind, aws.ToString(name), keyNames(keys), p.ProjectionType, attributes)
}

func keyNames(keys []types.KeySchemaElement) string {
	var names []string
	for _, k := range keys {
		names = append(names, aws.ToString(k.AttributeName))
	}
	return strings.Join(names, ", ")
}
