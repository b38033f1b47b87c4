package notificationhub

import (
	"cmp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

type tables struct{ connections, rooms, messages, tokens awsdynamodb.ITable }

type queues struct{ intake, dead, fanout, fanoutDead awssqs.IQueue }

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
		EncryptionKey: h.props.EncryptionKey,
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			PasswordLength:     jsii.Number(32),
			ExcludePunctuation: jsii.Bool(true),
		},
	})
	template := `{"` + contract.SecretPasscode + `":"` + *passcode.SecretValue().UnsafeUnwrap() + `"}`
	return awssecretsmanager.NewSecret(h, jsii.String("SigningSecret"), &awssecretsmanager.SecretProps{
		Description:   jsii.String("Signs the tokens of the hub's connections"),
		RemovalPolicy: h.removalPolicy(),
		EncryptionKey: h.props.EncryptionKey,
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			// HS512 wants a key of at least 64 bytes (RFC 7518, section 3.2); 86 alphanumeric ones hold 512 bits.
			PasswordLength:       jsii.Number(86),
			ExcludePunctuation:   jsii.Bool(true),
			GenerateStringKey:    jsii.String(contract.SecretSigningKey),
			SecretStringTemplate: jsii.String(template),
		},
	})
}

// schemas describe the tables, those that the hub makes and those it is given.
type schemas struct{ connections, rooms, messages, tokens resource.Table }

func newSchemas() schemas {
	room, user := resource.String(contract.AttributeRoomID), resource.String(contract.AttributeUserID)
	return schemas{
		connections: resource.Table{
			Partition: room, Sort: resource.String(contract.AttributeConnectionID), TTL: contract.AttributeTTL,
			Indexes: []resource.Index{{
				Name: contract.IndexByUser, Partition: user, Sort: room,
				Include: []string{contract.AttributeProtocol, contract.AttributeConnectedAt},
			}},
		},
		rooms:    resource.Table{Partition: room},
		messages: resource.Table{Partition: room, Sort: resource.Number(contract.AttributeSeq), TTL: contract.AttributeTTL},
		tokens:   resource.Table{Partition: user, Sort: room, TTL: contract.AttributeTTL},
	}
}

func (h *notificationHub) newTables() tables {
	schemas, options := newSchemas(), h.resources()
	return tables{
		connections: resource.NewTable(h.props.ConnectionsTable, h, "Connections", schemas.connections, options),
		rooms:       resource.NewTable(h.props.RoomsTable, h, "Rooms", schemas.rooms, options),
		messages:    resource.NewTable(h.props.MessagesTable, h, "Messages", schemas.messages, options),
		tokens:      resource.NewTable(h.props.TokensTable, h, "Tokens", schemas.tokens, options),
	}
}

// maxReceiveCount bounds the tries of a message. AWS asks for a visibility of six times the function's timeout, so that a
// throttled function does not use the tries up; ours is short, so that a killed one costs seconds, and there are many
// tries instead. While DynamoDB is down, a record is tried every 30 s in the end, which is some 25 times in ten minutes.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
const maxReceiveCount = 100

func (h *notificationHub) newQueues() queues {
	dead := resource.NewDeadLetterQueue(h.props.DeadLetterQueue, h, "DeadLetters", h.resources())
	fanoutDead := resource.NewDeadLetterQueue(h.props.FanoutDeadLetterQueue, h, "FanoutDeadLetters", h.resources())
	receives := cmp.Or(h.props.IntakeMaxReceiveCount, maxReceiveCount)
	return queues{
		dead:       dead,
		fanoutDead: fanoutDead,
		intake: resource.NewQueue(h.props.IntakeQueue, h, "Intake", awssqs.QueueProps{
			VisibilityTimeout: resource.Seconds(h.props.intakeVisibility()),
			RetentionPeriod:   resource.Seconds(cmp.Or(h.props.IntakeRetention, 4*24*time.Hour)),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(receives)},
		}, h.resources()),
		fanout: resource.NewQueue(h.props.FanoutQueue, h, "Fanout", awssqs.QueueProps{
			VisibilityTimeout: resource.Seconds(workerTimeout),
			RetentionPeriod:   resource.Seconds(24 * time.Hour),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: fanoutDead, MaxReceiveCount: jsii.Number(maxReceiveCount)},
		}, h.resources()),
	}
}
