package messagescheduler

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

type tables struct{ schedule, subscribers, deliveries awsdynamodb.ITable }

type queues struct{ due, dueDead, delivery, deliveryDead awssqs.IQueue }

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
		EncryptionKey:        s.props.EncryptionKey,
		GenerateSecretString: generator(),
	})
	signing := generator()
	signing.GenerateStringKey = jsii.String(contract.SecretSigningKey)
	signing.SecretStringTemplate = jsii.String(`{"` + contract.SecretLinkKey + `":"` + *link.SecretValue().UnsafeUnwrap() + `"}`)
	return awssecretsmanager.NewSecret(s, jsii.String("SigningSecret"), &awssecretsmanager.SecretProps{
		Description:          jsii.String("Signs the tokens of the scheduler's callers"),
		RemovalPolicy:        s.removalPolicy(),
		EncryptionKey:        s.props.EncryptionKey,
		GenerateSecretString: signing,
	})
}

// generator makes keys. HS512 wants at least 64 bytes (RFC 7518, section 3.2); 86 alphanumeric ones hold 512 bits.
func generator() *awssecretsmanager.SecretStringGenerator {
	return &awssecretsmanager.SecretStringGenerator{PasswordLength: jsii.Number(86), ExcludePunctuation: jsii.Bool(true)}
}

// newBucket makes the bucket, or takes the one given. It keeps no versions: a message that was changed or cancelled
// must be gone.
func (s *messageScheduler) newBucket() awss3.IBucket {
	if s.props.Bucket != nil {
		return s.props.Bucket
	}
	props := awss3.BucketProps{}
	if s.props.BucketProps != nil {
		props = *s.props.BucketProps
	}
	if props.EncryptionKey == nil && props.Encryption == "" && s.props.EncryptionKey != nil {
		// S3 then asks for a key of the bucket now and then, and not for a key of each object.
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
		props.EncryptionKey, props.BucketKeyEnabled = s.props.EncryptionKey, jsii.Bool(true)
	}
	props.Encryption = cmp.Or(props.Encryption, defaultEncryption(props))
	props.RemovalPolicy = cmp.Or(props.RemovalPolicy, s.removalPolicy())
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

// expiry deletes finished messages. Finishing rewrites the object, so the days count from then.
func (s *messageScheduler) expiry() *awss3.LifecycleRule {
	return &awss3.LifecycleRule{
		Id:         jsii.String("finished"),
		Prefix:     resource.Optional(s.props.BucketPrefix),
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
	return cmp.Or(s.props.Retention, contract.DefaultRetention)
}

// schemas describe the tables, those that the scheduler makes and those it is given.
type schemas struct{ schedule, subscribers, deliveries resource.Table }

func newSchemas() schemas {
	group, subscriber := resource.String(contract.AttributeGroup), resource.String(contract.AttributeSubscriber)
	return schemas{
		schedule: resource.Table{
			Partition: group, Sort: resource.String(contract.AttributeKey), TTL: contract.AttributeTTL,
			Indexes: []resource.Index{
				{
					Name: contract.IndexByDue, Partition: resource.String(contract.AttributeBucket),
					Sort: resource.String(contract.AttributeDue), Include: []string{contract.AttributeVersion},
				},
				{Name: contract.IndexByTime, Partition: group, Sort: resource.Number(contract.AttributeTime)},
			},
		},
		subscribers: resource.Table{Partition: group, Sort: subscriber},
		deliveries: resource.Table{
			Partition: resource.String(contract.AttributeDelivery), Sort: subscriber, TTL: contract.AttributeTTL,
		},
	}
}

func (s *messageScheduler) newTables() tables {
	schemas, options := newSchemas(), s.resources()
	return tables{
		schedule:    resource.NewTable(s.props.ScheduleTable, s, "ScheduleTable", schemas.schedule, options),
		subscribers: resource.NewTable(s.props.SubscribersTable, s, "SubscribersTable", schemas.subscribers, options),
		deliveries:  resource.NewTable(s.props.DeliveriesTable, s, "DeliveriesTable", schemas.deliveries, options),
	}
}

func (s *messageScheduler) newQueues() queues {
	q := queues{dueDead: resource.NewDeadLetterQueue(s.props.DueDeadLetterQueue, s, "DueDeadLetters", s.resources())}
	q.due = s.newWorkQueue(s.props.DueQueue, "Due", q.dueDead)
	if s.sendsMail() {
		q.deliveryDead = resource.NewDeadLetterQueue(s.props.DeliveryDeadLetterQueue, s, "DeliveryDeadLetters", s.resources())
		q.delivery = s.newWorkQueue(s.props.DeliveryQueue, "Delivery", q.deliveryDead)
	}
	return q
}

// newWorkQueue makes a queue that a worker reads, or takes the one given. It keeps messages as long as SQS can: what could not
// be sent for days is still to be sent, or to be found in the dead-letter queue.
func (s *messageScheduler) newWorkQueue(given awssqs.IQueue, id string, dead awssqs.IQueue) awssqs.IQueue {
	return resource.NewQueue(given, s, id, awssqs.QueueProps{
		VisibilityTimeout: resource.Seconds(contract.Visibility),
		RetentionPeriod:   awscdk.Duration_Days(jsii.Number(14)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(contract.MaxReceives)},
	}, s.resources())
}
