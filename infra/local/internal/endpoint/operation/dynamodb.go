package operation

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// dynamoActions are the operations on one table whose IAM action has the operation's name
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html).
var dynamoActions = map[string]bool{
	"CreateTable": true, "DeleteItem": true, "DeleteTable": true, "DescribeContinuousBackups": true, "DescribeTable": true,
	"DescribeTimeToLive": true, "GetItem": true, "ListTagsOfResource": true, "PutItem": true, "Query": true, "Scan": true,
	"TagResource": true, "UntagResource": true, "UpdateItem": true, "UpdateTable": true, "UpdateTimeToLive": true,
}

// A dynamoItem is a key or an item: attribute names with values such as {"S":"x"}.
type dynamoItem map[string]map[string]any

type dynamoInput struct {
	TableName, IndexName, ResourceArn string
	Key, Item                         dynamoItem
	KeyConditionExpression            string
	ExpressionAttributeNames          map[string]string
	ExpressionAttributeValues         dynamoItem
	RequestItems                      map[string]json.RawMessage
	TransactItems                     []map[string]struct {
		TableName string
		Key, Item dynamoItem
	}
}

func (id *Identifier) dynamodb(op *Operation, r *Request) {
	op.Name = target(r.HTTP)
	var in dynamoInput
	// The service refuses a malformed body; what could be read counts here.
	_ = json.Unmarshal(r.Body, &in)
	switch {
	case op.Name == "ListTables" || op.Name == "DescribeEndpoints" || op.Name == "DescribeLimits":
		op.grant("dynamodb:"+op.Name, "*", nil)
	case op.Name == "BatchGetItem" || op.Name == "BatchWriteItem":
		for _, table := range slices.Sorted(maps.Keys(in.RequestItems)) {
			op.grant("dynamodb:"+op.Name, id.arn("dynamodb", "table/", table), id.batchKeys(table, in.RequestItems[table]))
		}
	case op.Name == "TransactGetItems" || op.Name == "TransactWriteItems":
		id.transaction(op, in)
	case dynamoActions[op.Name]:
		id.oneTable(op, in)
	}
}

func (id *Identifier) oneTable(op *Operation, in dynamoInput) {
	name := in.TableName
	if name == "" {
		name = in.ResourceArn
	}
	if name == "" {
		return
	}
	resource := id.arn("dynamodb", "table/", name)
	if in.IndexName != "" {
		resource += "/index/" + in.IndexName
	}
	item := in.Key
	if item == nil {
		item = in.Item
	}
	leading := id.leadingKey(tableName(name), in.IndexName, item)
	if leading == nil && op.Name == "Query" {
		leading = id.queriedKey(tableName(name), in)
	}
	op.grant("dynamodb:"+op.Name, resource, keyContext(leading))
}

// transactActions are the IAM actions of a transaction's items.
var transactActions = map[string]string{
	"ConditionCheck": "dynamodb:ConditionCheckItem", "Delete": "dynamodb:DeleteItem", "Get": "dynamodb:GetItem",
	"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem",
}

func (id *Identifier) transaction(op *Operation, in dynamoInput) {
	for _, part := range in.TransactItems {
		for kind, item := range part {
			key := item.Key
			if key == nil {
				key = item.Item
			}
			if action := transactActions[kind]; action != "" {
				op.grant(action, id.arn("dynamodb", "table/", item.TableName), keyContext(id.leadingKey(tableName(item.TableName), "", key)))
			}
		}
	}
}

// batchKeys returns the partition keys of one table's part of a batch.
func (id *Identifier) batchKeys(table string, part json.RawMessage) map[string][]string {
	var reads struct{ Keys []dynamoItem }
	var writes []struct {
		PutRequest    struct{ Item dynamoItem }
		DeleteRequest struct{ Key dynamoItem }
	}
	if json.Unmarshal(part, &writes) != nil {
		_ = json.Unmarshal(part, &reads)
	}
	items := reads.Keys
	for _, w := range writes {
		if w.PutRequest.Item != nil {
			items = append(items, w.PutRequest.Item)
		} else {
			items = append(items, w.DeleteRequest.Key)
		}
	}
	var keys []string
	for _, item := range items {
		keys = append(keys, id.leadingKey(tableName(table), "", item)...)
	}
	slices.Sort(keys)
	return keyContext(slices.Compact(keys))
}

// leadingKey returns the value of an item's partition key.
func (id *Identifier) leadingKey(table, index string, item dynamoItem) []string {
	if id.PartitionKey == nil || item == nil {
		return nil
	}
	name, ok := id.PartitionKey(table, index)
	if !ok {
		return nil
	}
	return keyValue(item[name])
}

// queriedKey returns the partition key of a Query: the expression contains "<name> = <value>" for it, as DynamoDB demands.
func (id *Identifier) queriedKey(table string, in dynamoInput) []string {
	if id.PartitionKey == nil {
		return nil
	}
	name, ok := id.PartitionKey(table, in.IndexName)
	if !ok {
		return nil
	}
	words := strings.Fields(strings.NewReplacer("=", " = ", "(", " ", ")", " ").Replace(in.KeyConditionExpression))
	for i := 0; i+2 < len(words); i++ {
		if words[i+1] == "=" && (words[i] == name || in.ExpressionAttributeNames[words[i]] == name) {
			return keyValue(in.ExpressionAttributeValues[words[i+2]])
		}
	}
	return nil
}

func keyValue(value map[string]any) []string {
	for _, v := range value {
		if text, ok := v.(string); ok {
			return []string{text}
		}
	}
	return nil
}

func keyContext(keys []string) map[string][]string {
	if len(keys) == 0 {
		return nil
	}
	return map[string][]string{"dynamodb:LeadingKeys": keys}
}

func tableName(nameOrARN string) string {
	if _, name, ok := strings.Cut(nameOrARN, ":table/"); ok {
		return name
	}
	return nameOrARN
}
