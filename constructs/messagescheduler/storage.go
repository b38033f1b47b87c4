package messagescheduler

import (
	"math"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

type tables struct{ schedule, subscribers, deliveries awsdynamodb.TableV2 }

type queues struct{ due, dueDead, sends, sendsDead awssqs.Queue }

// newSecret makes the signing secret, or takes the one given.
//
// CloudFormation generates one value a secret, so the key of the links in mails is generated in a secret of its own and
// brought in by a dynamic reference; neither value is ever in the template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (s *messageScheduler) newSecret() awssecretsmanager.ISecret {
	if s.props.SigningSecret != nil {
		return s.props.SigningSecret
	}
	link := awssecretsmanager.NewSecret(s, jsii.String("LinkKey"), &awssecretsmanager.SecretProps{
		Description:          jsii.String("Key of the links in mails, source of the one in the signing secret"),
		RemovalPolicy:        s.removalPolicy(),
		GenerateSecretString: generator(),
	})
	signing := generator()
	signing.GenerateStringKey = jsii.String(contract.SecretSigningKey)
	signing.SecretStringTemplate = jsii.String(`{"` + contract.SecretLinkKey + `":"` + *link.SecretValue().UnsafeUnwrap() + `"}`)
	return awssecretsmanager.NewSecret(s, jsii.String("SigningSecret"), &awssecretsmanager.SecretProps{
		Description:          jsii.String("Signs the tokens of the scheduler's callers"),
		RemovalPolicy:        s.removalPolicy(),
		GenerateSecretString: signing,
	})
}

// generator makes keys. HS512 wants at least 64 bytes (RFC 7518, section 3.2); 86 alphanumeric ones hold 512 bits.
func generator() *awssecretsmanager.SecretStringGenerator {
	return &awssecretsmanager.SecretStringGenerator{PasswordLength: jsii.Number(86), ExcludePunctuation: jsii.Bool(true)}
}

// newBucket makes the bucket, or takes the one given. It keeps no versions: a message that was changed or cancelled is
// to be gone.
func (s *messageScheduler) newBucket() awss3.IBucket {
	if s.props.Bucket != nil {
		return s.props.Bucket
	}
	props := awss3.BucketProps{}
	if s.props.BucketProps != nil {
		props = *s.props.BucketProps
	}
	props.Encryption = orDefault(props.Encryption, defaultEncryption(props))
	props.RemovalPolicy = orDefault(props.RemovalPolicy, s.removalPolicy())
	props.BlockPublicAccess = awss3.BlockPublicAccess_BLOCK_ALL()
	props.EnforceSSL = jsii.Bool(true)
	props.ObjectOwnership = awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED
	var rules []*awss3.LifecycleRule
	if props.LifecycleRules != nil {
		rules = slices.Clone(*props.LifecycleRules)
	}
	rules = append(rules, s.expiry())
	props.LifecycleRules = &rules
	return awss3.NewBucket(s, jsii.String("Messages"), &props)
}

func defaultEncryption(props awss3.BucketProps) awss3.BucketEncryption {
	if props.EncryptionKey != nil {
		return awss3.BucketEncryption_KMS
	}
	return awss3.BucketEncryption_S3_MANAGED
}

// expiry deletes finished messages. Finishing writes the object anew, so the days count from then.
func (s *messageScheduler) expiry() *awss3.LifecycleRule {
	return &awss3.LifecycleRule{
		Id:         jsii.String("finished"),
		Prefix:     optional(s.props.BucketPrefix),
		TagFilters: &map[string]any{contract.TagState: contract.StateFinished},
		Expiration: awscdk.Duration_Days(jsii.Number(math.Ceil(s.retention().Hours() / 24))),
		// Without this, versions that BucketProps may ask for would stay.
		NoncurrentVersionExpiration: s.noncurrentExpiry(),
	}
}

func (s *messageScheduler) noncurrentExpiry() awscdk.Duration {
	if props := s.props.BucketProps; props != nil && props.Versioned != nil && *props.Versioned {
		return awscdk.Duration_Days(jsii.Number(1))
	}
	return nil
}

func (s *messageScheduler) retention() time.Duration {
	return orDefault(s.props.Retention, contract.DefaultRetention)
}

func (s *messageScheduler) newTables() tables {
	group := attribute(contract.AttributeGroup, awsdynamodb.AttributeType_STRING)
	key := attribute(contract.AttributeKey, awsdynamodb.AttributeType_STRING)
	subscriber := attribute(contract.AttributeSubscriber, awsdynamodb.AttributeType_STRING)
	delivery := attribute(contract.AttributeDelivery, awsdynamodb.AttributeType_STRING)

	schedule := s.newTable("ScheduleTable", group, key, true)
	schedule.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexPropsV2{
		IndexName:        jsii.String(contract.IndexByDue),
		PartitionKey:     attribute(contract.AttributeBucket, awsdynamodb.AttributeType_STRING),
		SortKey:          attribute(contract.AttributeDue, awsdynamodb.AttributeType_STRING),
		ProjectionType:   awsdynamodb.ProjectionType_INCLUDE,
		NonKeyAttributes: jsii.Strings(contract.AttributeVersion),
	})
	schedule.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexPropsV2{
		IndexName:      jsii.String(contract.IndexByTime),
		PartitionKey:   group,
		SortKey:        attribute(contract.AttributeTime, awsdynamodb.AttributeType_NUMBER),
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	})
	return tables{
		schedule:    schedule,
		subscribers: s.newTable("SubscribersTable", group, subscriber, false),
		deliveries:  s.newTable("DeliveriesTable", delivery, subscriber, true),
	}
}

func (s *messageScheduler) newTable(id string, partition, sort *awsdynamodb.Attribute, expires bool) awsdynamodb.TableV2 {
	props := &awsdynamodb.TablePropsV2{
		PartitionKey:  partition,
		SortKey:       sort,
		Billing:       awsdynamodb.Billing_OnDemand(nil),
		RemovalPolicy: s.removalPolicy(),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	}
	if expires {
		props.TimeToLiveAttribute = jsii.String(contract.AttributeTTL)
	}
	return awsdynamodb.NewTableV2(s, jsii.String(id), props)
}

func attribute(name string, kind awsdynamodb.AttributeType) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: kind}
}

func (s *messageScheduler) newQueues() queues {
	q := queues{
		dueDead:   s.newQueue("DueDeadLetters", &awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))}),
		sendsDead: s.newQueue("SendsDeadLetters", &awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))}),
	}
	q.due = s.newWorkQueue("Due", q.dueDead)
	q.sends = s.newWorkQueue("Sends", q.sendsDead)
	return q
}

// newWorkQueue makes a queue that a worker reads. It keeps messages as long as SQS can: what could not be sent for days is
// still to be sent, or to be found in the dead letters.
func (s *messageScheduler) newWorkQueue(id string, dead awssqs.Queue) awssqs.Queue {
	return s.newQueue(id, &awssqs.QueueProps{
		VisibilityTimeout: seconds(contract.Visibility),
		RetentionPeriod:   awscdk.Duration_Days(jsii.Number(14)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(contract.MaxReceives)},
	})
}

// newQueue makes an encrypted queue that refuses plain http.
func (s *messageScheduler) newQueue(id string, props *awssqs.QueueProps) awssqs.Queue {
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = s.removalPolicy()
	return awssqs.NewQueue(s, jsii.String(id), props)
}

func seconds(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
