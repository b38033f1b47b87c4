package provision

import (
	"slices"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func dynamoKinds() map[string]kind {
	return map[string]kind{
		"AWS::DynamoDB::Table":       kindOf(planTable),
		"AWS::DynamoDB::GlobalTable": kindOf(planGlobalTable),
	}
}

type attributeDefinition struct {
	AttributeName string `required:"true"`
	AttributeType string `required:"true"`
}

type keyElement struct {
	AttributeName string `required:"true"`
	KeyType       string `required:"true" only:"HASH,RANGE"`
}

type projection struct {
	NonKeyAttributes []string
	ProjectionType   string `only:"ALL,KEYS_ONLY,INCLUDE"`
}

type throughput struct {
	ReadCapacityUnits  int
	WriteCapacityUnits int
}

type timeToLive struct {
	AttributeName string
	Enabled       bool
}

type localIndex struct {
	IndexName  string       `required:"true"`
	KeySchema  []keyElement `required:"true"`
	Projection projection   `required:"true"`
}

// A tableEncryption without a key stands for one that AWS manages.
type tableEncryption struct {
	KMSMasterKeyId string //nolint:revive // the property's name

	SSEEnabled any `ignored:"a key takes effect in any case"`
	SSEType    any `ignored:"there is one"`
}

type resourcePolicyProperty struct{ PolicyDocument any }

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
type tableProperties struct {
	AttributeDefinitions   []attributeDefinition
	BillingMode            string `only:"PAY_PER_REQUEST,PROVISIONED"`
	GlobalSecondaryIndexes []struct {
		IndexName             string       `required:"true"`
		KeySchema             []keyElement `required:"true"`
		Projection            projection   `required:"true"`
		ProvisionedThroughput throughput

		ContributorInsightsSpecification any `ignored:"insights are not collected"`
		OnDemandThroughput               any `ignored:"tables do not throttle"`
		WarmThroughput                   any `ignored:"tables do not throttle"`
	}
	KeySchema               []keyElement `required:"true"`
	LocalSecondaryIndexes   []localIndex
	ProvisionedThroughput   throughput
	ResourcePolicy          resourcePolicyProperty
	SSESpecification        tableEncryption
	TableName               string
	TimeToLiveSpecification timeToLive

	ContributorInsightsSpecification any `ignored:"insights are not collected"`
	DeletionProtectionEnabled        any `ignored:"the local stage deletes no table"`
	OnDemandThroughput               any `ignored:"tables do not throttle"`
	PointInTimeRecoverySpecification any `ignored:"there are no backups"`
	TableClass                       any `ignored:"it changes the price of storage only"`
	Tags                             any `ignored:"nothing reads tags"`
	WarmThroughput                   any `ignored:"tables do not throttle"`
}

func planTable(p *planner, r *assembly.Resource, in tableProperties) (assembly.Values, error) {
	if in.BillingMode != "PAY_PER_REQUEST" && in.ProvisionedThroughput == (throughput{}) {
		return assembly.Values{}, invalid("Properties.ProvisionedThroughput is missing, which billing mode PROVISIONED, the default, needs")
	}
	t := tableShape{
		name: in.TableName, attributes: in.AttributeDefinitions, keys: in.KeySchema, local: in.LocalSecondaryIndexes,
		ttl: in.TimeToLiveSpecification, throughput: in.ProvisionedThroughput, policy: in.ResourcePolicy,
		key: in.SSESpecification.KMSMasterKeyId,
	}
	for _, i := range in.GlobalSecondaryIndexes {
		t.global = append(t.global, Index{
			Name: i.IndexName, Keys: t.keysOf(i.KeySchema), Projection: orDefault(i.Projection.ProjectionType, "ALL"), NonKeys: i.Projection.NonKeyAttributes,
			ReadUnits: int64(i.ProvisionedThroughput.ReadCapacityUnits), WriteUnits: int64(i.ProvisionedThroughput.WriteCapacityUnits),
		})
	}
	return p.planTable(r, t)
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
type globalTableProperties struct {
	AttributeDefinitions   []attributeDefinition `required:"true"`
	BillingMode            string                `only:"PAY_PER_REQUEST,PROVISIONED"`
	GlobalSecondaryIndexes []struct {
		IndexName  string       `required:"true"`
		KeySchema  []keyElement `required:"true"`
		Projection projection   `required:"true"`

		WarmThroughput                     any `ignored:"tables do not throttle"`
		WriteOnDemandThroughputSettings    any `ignored:"tables do not throttle"`
		WriteProvisionedThroughputSettings any `ignored:"tables do not throttle"`
	}
	KeySchema             []keyElement `required:"true"`
	LocalSecondaryIndexes []localIndex
	Replicas              []struct {
		Region         string `required:"true"`
		ResourcePolicy resourcePolicyProperty
		// The key of the replica; whether it has one is the table's SSESpecification.
		SSESpecification tableEncryption

		ContributorInsightsSpecification  any `ignored:"insights are not collected"`
		DeletionProtectionEnabled         any `ignored:"the local stage deletes no table"`
		GlobalSecondaryIndexes            any `ignored:"a replica's own settings are throughput and insights"`
		PointInTimeRecoverySpecification  any `ignored:"there are no backups"`
		ReadOnDemandThroughputSettings    any `ignored:"tables do not throttle"`
		ReadProvisionedThroughputSettings any `ignored:"tables do not throttle"`
		TableClass                        any `ignored:"it changes the price of storage only"`
		Tags                              any `ignored:"nothing reads tags"`
	} `required:"true"`
	TableName               string
	TimeToLiveSpecification timeToLive

	SSESpecification                   any `ignored:"the replica names the key"`
	WarmThroughput                     any `ignored:"tables do not throttle"`
	WriteOnDemandThroughputSettings    any `ignored:"tables do not throttle"`
	WriteProvisionedThroughputSettings any `ignored:"tables do not throttle"`
}

func planGlobalTable(p *planner, r *assembly.Resource, in globalTableProperties) (assembly.Values, error) {
	if len(in.Replicas) != 1 {
		return assembly.Values{}, unsupported("Properties.Replicas: a table of %d replicas", len(in.Replicas))
	}
	if err := p.here("Properties.Replicas[0].Region", in.Replicas[0].Region); err != nil {
		return assembly.Values{}, err
	}
	t := tableShape{
		name: in.TableName, attributes: in.AttributeDefinitions, keys: in.KeySchema, local: in.LocalSecondaryIndexes,
		ttl: in.TimeToLiveSpecification, policy: in.Replicas[0].ResourcePolicy, key: in.Replicas[0].SSESpecification.KMSMasterKeyId,
	}
	for _, i := range in.GlobalSecondaryIndexes {
		t.global = append(t.global, Index{
			Name: i.IndexName, Keys: t.keysOf(i.KeySchema), Projection: orDefault(i.Projection.ProjectionType, "ALL"), NonKeys: i.Projection.NonKeyAttributes,
		})
	}
	return p.planTable(r, t)
}

// A tableShape is common to tables and global tables.
type tableShape struct {
	name       string
	attributes []attributeDefinition
	keys       []keyElement
	global     []Index
	local      []localIndex
	ttl        timeToLive
	throughput throughput
	policy     resourcePolicyProperty
	key        string // "" for one of AWS
}

func (p *planner) planTable(r *assembly.Resource, in tableShape) (assembly.Values, error) {
	name := physicalName(r, in.name, maxTableName)
	if err := p.claim(r, "dynamodb", name); err != nil {
		return assembly.Values{}, err
	}
	t := Table{
		ID: identify(r), Name: name, ARN: p.arn("dynamodb", "table/"+name), Keys: in.keysOf(in.keys), Indexes: in.global,
		ReadUnits: int64(in.throughput.ReadCapacityUnits), WriteUnits: int64(in.throughput.WriteCapacityUnits),
	}
	for _, i := range in.local {
		t.Indexes = append(t.Indexes, Index{
			Name: i.IndexName, Local: true, Keys: in.keysOf(i.KeySchema),
			Projection: orDefault(i.Projection.ProjectionType, "ALL"), NonKeys: i.Projection.NonKeyAttributes,
		})
	}
	if in.ttl.Enabled {
		t.TTLAttribute = in.ttl.AttributeName
	}
	if err := t.check(); err != nil {
		return assembly.Values{}, err
	}
	p.encrypt(r, "Properties.SSESpecification", in.key, t.ARN)
	p.resources.Tables = append(p.resources.Tables, t)
	values := assembly.Values{Ref: name, Attributes: map[string]any{"Arn": t.ARN, "TableId": uuid(r)}}
	if in.policy.PolicyDocument == nil {
		return values, nil
	}
	return values, p.resourcePolicy(r, t.ARN, in.policy.PolicyDocument)
}

// keysOf returns partition key and sort key in this order, with their types.
func (t tableShape) keysOf(elements []keyElement) []Key {
	var keys []Key
	for _, kind := range []string{"HASH", "RANGE"} {
		for _, e := range elements {
			if e.KeyType == kind {
				keys = append(keys, Key{Name: e.AttributeName, Type: t.typeOf(e.AttributeName)})
			}
		}
	}
	return keys
}

func (t tableShape) typeOf(attribute string) string {
	i := slices.IndexFunc(t.attributes, func(d attributeDefinition) bool { return d.AttributeName == attribute })
	if i < 0 {
		return ""
	}
	return t.attributes[i].AttributeType
}

// check refuses what DynamoDB refuses
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html).
func (t Table) check() error {
	all := slices.Clone(t.Keys)
	for _, i := range t.Indexes {
		all = append(all, i.Keys...)
		if i.Projection == "INCLUDE" && len(i.NonKeys) == 0 {
			return invalid("index %s includes attributes but names none", i.Name)
		}
	}
	if len(t.Keys) == 0 || len(t.Keys) > 2 {
		return invalid("Properties.KeySchema has %d attributes", len(t.Keys))
	}
	for _, k := range all {
		if !slices.Contains([]string{"S", "N", "B"}, k.Type) {
			return invalid("key attribute %s has no type S, N or B in Properties.AttributeDefinitions", k.Name)
		}
	}
	return nil
}
