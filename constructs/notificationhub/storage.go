package notificationhub

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

type tables struct{ connections, rooms, messages, tokens awsdynamodb.TableV2 }

type queues struct{ intake, dead, fanout, fanoutDead awssqs.Queue }

// newSecret makes the signing secret, or takes the one given.
//
// CloudFormation generates one value a secret, so the passcode of classic tokens is generated in a secret of its own and
// brought in by a dynamic reference; neither value is ever in the template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (h *notificationHub) newSecret() awssecretsmanager.ISecret {
	if h.props.SigningSecret != nil {
		return h.props.SigningSecret
	}
	passcode := awssecretsmanager.NewSecret(h, jsii.String("Passcode"), &awssecretsmanager.SecretProps{
		Description:   jsii.String("Passcode of classic tokens, source of the one in the signing secret"),
		RemovalPolicy: h.removalPolicy(),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			PasswordLength:     jsii.Number(32),
			ExcludePunctuation: jsii.Bool(true),
		},
	})
	template := `{"` + contract.SecretPasscode + `":"` + *passcode.SecretValue().UnsafeUnwrap() + `"}`
	return awssecretsmanager.NewSecret(h, jsii.String("SigningSecret"), &awssecretsmanager.SecretProps{
		Description:   jsii.String("Signs the tokens of the hub's connections"),
		RemovalPolicy: h.removalPolicy(),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			// HS512 wants a key of at least 64 bytes (RFC 7518, section 3.2); 86 alphanumeric ones hold 512 bits.
			PasswordLength:       jsii.Number(86),
			ExcludePunctuation:   jsii.Bool(true),
			GenerateStringKey:    jsii.String(contract.SecretSigningKey),
			SecretStringTemplate: jsii.String(template),
		},
	})
}

func (h *notificationHub) newTables() tables {
	room := attribute(contract.AttributeRoomID, awsdynamodb.AttributeType_STRING)
	user := attribute(contract.AttributeUserID, awsdynamodb.AttributeType_STRING)
	connection := attribute(contract.AttributeConnectionID, awsdynamodb.AttributeType_STRING)
	seq := attribute(contract.AttributeSeq, awsdynamodb.AttributeType_NUMBER)

	connections := h.newTable("Connections", room, connection, true)
	connections.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexPropsV2{
		IndexName:        jsii.String(contract.IndexByUser),
		PartitionKey:     user,
		SortKey:          room,
		ProjectionType:   awsdynamodb.ProjectionType_INCLUDE,
		NonKeyAttributes: jsii.Strings(contract.AttributeProtocol, contract.AttributeConnectedAt),
	})
	return tables{
		connections: connections,
		rooms:       h.newTable("Rooms", room, nil, false),
		messages:    h.newTable("Messages", room, seq, true),
		tokens:      h.newTable("Tokens", user, room, true),
	}
}

func (h *notificationHub) newTable(id string, partition, sort *awsdynamodb.Attribute, expires bool) awsdynamodb.TableV2 {
	props := &awsdynamodb.TablePropsV2{
		PartitionKey:  partition,
		SortKey:       sort,
		Billing:       awsdynamodb.Billing_OnDemand(nil),
		RemovalPolicy: h.removalPolicy(),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	}
	if expires {
		props.TimeToLiveAttribute = jsii.String(contract.AttributeTTL)
	}
	return awsdynamodb.NewTableV2(h, jsii.String(id), props)
}

func attribute(name string, kind awsdynamodb.AttributeType) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: kind}
}

func (h *notificationHub) newQueues() queues {
	dead := h.newQueue("DeadLetters", &awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))})
	fanoutDead := h.newQueue("FanoutDeadLetters", &awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))})
	receives := orDefault(h.props.IntakeMaxReceiveCount, 5)
	return queues{
		dead:       dead,
		fanoutDead: fanoutDead,
		intake: h.newQueue("Intake", &awssqs.QueueProps{
			VisibilityTimeout: seconds(orDefault(h.props.IntakeVisibilityTimeout, 6*broadcastTimeout)),
			RetentionPeriod:   seconds(orDefault(h.props.IntakeRetention, 4*24*time.Hour)),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(receives)},
		}),
		fanout: h.newQueue("Fanout", &awssqs.QueueProps{
			VisibilityTimeout: seconds(6 * broadcastTimeout),
			RetentionPeriod:   seconds(24 * time.Hour),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: fanoutDead, MaxReceiveCount: jsii.Number(5)},
		}),
	}
}

// newQueue makes an encrypted queue that refuses plain http.
func (h *notificationHub) newQueue(id string, props *awssqs.QueueProps) awssqs.Queue {
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = h.removalPolicy()
	return awssqs.NewQueue(h, jsii.String(id), props)
}

func seconds(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}

// orDefault is value, or fallback when value is zero.
func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
