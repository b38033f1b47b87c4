package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// allowFunctions gives each function the statements it needs and no other. They are written by hand because CDK's grants
// are broader: grantReadWriteData alone allows twelve actions, Scan among them.
func (h *notificationHub) allowFunctions() {
	if authorize := h.functions[contract.FunctionAuthorize]; authorize != nil {
		allow(authorize, h.secret.SecretArn(), "secretsmanager:GetSecretValue")
		allow(authorize, h.tokens.TableArn(), "dynamodb:GetItem")
		if key := h.secret.EncryptionKey(); key != nil {
			key.GrantDecrypt(authorize)
		}
	}
	connections := h.tables.connections.TableArn()
	allow(h.ConnectFunction(), connections, "dynamodb:PutItem")
	allow(h.DisconnectFunction(), connections, "dynamodb:DeleteItem")
	allow(h.SendFunction(), h.queue.QueueArn(), "sqs:SendMessage")
	allow(h.DefaultFunction(), h.tables.rooms.TableArn(), "dynamodb:GetItem")
	allow(h.DefaultFunction(), h.tables.messages.TableArn(), "dynamodb:Query")

	broadcast := h.BroadcastFunction()
	h.consume(broadcast, h.queues.intake, "Intake", h.props.Broadcast.MaxConcurrency)
	allow(broadcast, h.queues.dead.QueueArn(), "sqs:SendMessage")
	allow(broadcast, h.queues.fanout.QueueArn(), "sqs:SendMessage")
	allow(broadcast, h.tables.rooms.TableArn(), "dynamodb:UpdateItem")
	if !h.props.DisableHistory {
		allow(broadcast, h.tables.messages.TableArn(), "dynamodb:BatchWriteItem")
	}
	allow(broadcast, connections, "dynamodb:Query", "dynamodb:DeleteItem")
	allow(broadcast, indexARN(h.tables.connections, contract.IndexByUser), "dynamodb:Query")
	h.allowPosts(broadcast)

	deliver := h.DeliverFunction()
	h.consume(deliver, h.queues.fanout, "Fanout", h.props.Deliver.MaxConcurrency)
	allow(deliver, h.queues.fanout.QueueArn(), "sqs:SendMessage")
	allow(deliver, h.queues.fanoutDead.QueueArn(), "sqs:SendMessage")
	allow(deliver, connections, "dynamodb:DeleteItem")
	h.allowPosts(deliver)
}

// allowPosts lets a worker post to connections and, before it forgets a young one, look it up.
func (h *notificationHub) allowPosts(fn awslambda.Function) {
	fn.AddToRolePolicy(statement([]string{"execute-api:ManageConnections"}, h.connectionARNs("POST", "GET")...))
}

// consume reads a queue. The actions are the three that AWS asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
func (h *notificationHub) consume(fn awslambda.Function, queue awssqs.Queue, id string, concurrency int) {
	allow(fn, queue.QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	props := &awslambda.EventSourceMappingProps{
		Target:                  fn,
		EventSourceArn:          queue.QueueArn(),
		BatchSize:               jsii.Number(10),
		ReportBatchItemFailures: jsii.Bool(true),
	}
	if concurrency != 0 {
		props.MaxConcurrency = jsii.Number(concurrency)
	}
	awslambda.NewEventSourceMapping(h, jsii.String(id+"Mapping"), props)
}

func allow(fn awslambda.Function, resource *string, actions ...string) {
	fn.AddToRolePolicy(statement(actions, resource))
}

func statement(actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &resources,
	})
}

func indexARN(table awsdynamodb.ITable, index string) *string {
	return jsii.String(*table.TableArn() + "/index/" + index)
}
