package resource

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// Table describes a table.
type Table struct {
	Partition *awsdynamodb.Attribute
	Sort      *awsdynamodb.Attribute // nil for none
	TTL       string                 // the attribute by which items expire; "" for none
	Indexes   []Index
}

// Index describes a table's index, which holds keys and the attributes it includes.
type Index struct {
	Name            string
	Partition, Sort *awsdynamodb.Attribute
	Include         []string
}

// NewTable makes a table, billed on demand, with point-in-time recovery; or takes the one given, which Check has seen.
func NewTable(given awsdynamodb.ITable, scope constructs.Construct, id string, table Table, options Options) awsdynamodb.ITable {
	if given != nil {
		return given
	}
	props := &awsdynamodb.TablePropsV2{
		PartitionKey:  table.Partition,
		SortKey:       table.Sort,
		Billing:       awsdynamodb.Billing_OnDemand(nil),
		RemovalPolicy: options.RemovalPolicy,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	}
	if table.TTL != "" {
		props.TimeToLiveAttribute = jsii.String(table.TTL)
	}
	if options.Key != nil {
		props.Encryption = awsdynamodb.TableEncryptionV2_CustomerManagedKey(options.Key, nil)
	}
	made := awsdynamodb.NewTableV2(scope, jsii.String(id), props)
	for _, index := range table.Indexes {
		made.AddGlobalSecondaryIndex(index.props())
	}
	if options.Key != nil {
		nameKey(made, options)
	}
	return made
}

// nameKey names the key of a table's only replica: CDK does so in stacks of a known region alone.
func nameKey(table awsdynamodb.TableV2, options Options) {
	table.Node().DefaultChild().(awsdynamodb.CfnGlobalTable).SetReplicas([]any{
		&awsdynamodb.CfnGlobalTable_ReplicaSpecificationProperty{
			Region: awscdk.Stack_Of(table).Region(),
			PointInTimeRecoverySpecification: &awsdynamodb.CfnGlobalTable_PointInTimeRecoverySpecificationProperty{
				PointInTimeRecoveryEnabled: jsii.Bool(true),
			},
			SseSpecification: &awsdynamodb.CfnGlobalTable_ReplicaSSESpecificationProperty{KmsMasterKeyId: options.Key.KeyArn()},
		},
	})
}

func (i Index) props() *awsdynamodb.GlobalSecondaryIndexPropsV2 {
	props := &awsdynamodb.GlobalSecondaryIndexPropsV2{
		IndexName:      jsii.String(i.Name),
		PartitionKey:   i.Partition,
		SortKey:        i.Sort,
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	}
	if len(i.Include) > 0 {
		props.ProjectionType, props.NonKeyAttributes = awsdynamodb.ProjectionType_INCLUDE, jsii.Strings(i.Include...)
	}
	return props
}

// String is an attribute that holds text.
func String(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

// Number is an attribute that holds a number.
func Number(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_NUMBER}
}

// Check checks the keys, indexes and expiry of a table that was given as the prop name. Those of an imported
// table are not known, and nil is none.
func (t Table) Check(e *validate.Errors, name string, given awsdynamodb.ITable) {
	if given == nil || given.Node().DefaultChild() == nil {
		return
	}
	definition, ok := define(given)
	if !ok {
		return
	}
	if want, got := describeKeys(t.Partition, t.Sort), definition.describe(definition.Keys); want != got {
		e.Addf("%s must have the keys %s, got %s", name, want, got)
	}
	for _, index := range t.Indexes {
		index.check(e, name, definition)
	}
	if t.TTL != "" && (!definition.Expiry.Enabled || definition.Expiry.AttributeName != t.TTL) {
		e.Addf("%s must expire items by the attribute %q, got %q", name, t.TTL, definition.Expiry.AttributeName)
	}
}

func (i Index) check(e *validate.Errors, name string, table definition) {
	at := slices.IndexFunc(table.Indexes, func(d indexDefinition) bool { return d.IndexName == i.Name })
	if at < 0 {
		e.Addf("%s must have the index %q with the keys %s", name, i.Name, describeKeys(i.Partition, i.Sort))
		return
	}
	got := table.Indexes[at]
	if want, got := describeKeys(i.Partition, i.Sort), table.describe(got.KeySchema); want != got {
		e.Addf("%s must have the index %q with the keys %s, got %s", name, i.Name, want, got)
	}
	for _, attribute := range i.Include {
		if got.Projection.ProjectionType != "ALL" && !slices.Contains(got.Projection.NonKeyAttributes, attribute) {
			e.Addf("%s must have the index %q with the attribute %q", name, i.Name, attribute)
		}
	}
}

// A definition is what the template says of a table.
type definition struct {
	Keys       []keyElement
	Attributes []struct{ AttributeName, AttributeType string }
	Indexes    []indexDefinition
	Expiry     struct {
		AttributeName string
		Enabled       bool
	}
}

type keyElement struct{ AttributeName, KeyType string }

type indexDefinition struct {
	IndexName  string
	KeySchema  []keyElement
	Projection struct {
		ProjectionType   string
		NonKeyAttributes []string
	}
}

// define reads the definition of a table of this app; false for one that it cannot read.
func define(table awsdynamodb.ITable) (definition, bool) {
	properties := map[string]any{}
	switch made := table.Node().DefaultChild().(type) {
	case awsdynamodb.CfnTable:
		properties["Keys"], properties["Attributes"] = made.KeySchema(), made.AttributeDefinitions()
		properties["Indexes"], properties["Expiry"] = made.GlobalSecondaryIndexes(), made.TimeToLiveSpecification()
	case awsdynamodb.CfnGlobalTable:
		properties["Keys"], properties["Attributes"] = made.KeySchema(), made.AttributeDefinitions()
		properties["Indexes"], properties["Expiry"] = made.GlobalSecondaryIndexes(), made.TimeToLiveSpecification()
	default:
		return definition{}, false
	}
	maps.DeleteFunc(properties, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(awscdk.Stack_Of(table).Resolve(properties))
	if err != nil {
		return definition{}, false
	}
	var d definition
	return d, json.Unmarshal(text, &d) == nil // names that are known at deployment only do not decode
}

// describe writes keys as describeKeys does.
func (d definition) describe(keys []keyElement) string {
	parts := make([]string, 2)
	for _, key := range keys {
		at := 0
		if key.KeyType == "RANGE" {
			at = 1
		}
		parts[at] = fmt.Sprintf("%q (%s)", key.AttributeName, d.typeOf(key.AttributeName))
	}
	return strings.TrimSuffix(strings.Join(parts, ", "), ", ")
}

func (d definition) typeOf(attribute string) string {
	for _, a := range d.Attributes {
		if a.AttributeName == attribute {
			return a.AttributeType
		}
	}
	return ""
}

func describeKeys(partition, sort *awsdynamodb.Attribute) string {
	text := describeKey(partition)
	if sort != nil {
		text += ", " + describeKey(sort)
	}
	return text
}

func describeKey(a *awsdynamodb.Attribute) string {
	letter := "S"
	if a.Type == awsdynamodb.AttributeType_NUMBER {
		letter = "N"
	}
	return fmt.Sprintf("%q (%s)", *a.Name, letter)
}
