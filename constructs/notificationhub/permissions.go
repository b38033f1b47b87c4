package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// allowFunctions gives each function the statements it needs and no other.
func (h *notificationHub) allowFunctions() {
	if authorize := h.functions[contract.FunctionAuthorize]; authorize != nil {
		grant.ReadSecret(h.secret, authorize)
		grant.Allow(authorize, h.tokens.TableArn(), "dynamodb:GetItem")
	}
	connections := h.tables.connections.TableArn()
	grant.Allow(h.ConnectFunction(), connections, "dynamodb:PutItem")
	grant.Allow(h.DisconnectFunction(), connections, "dynamodb:DeleteItem")
	grant.Allow(h.SendFunction(), h.queue.QueueArn(), "sqs:SendMessage")
	grant.Allow(h.DefaultFunction(), h.tables.rooms.TableArn(), "dynamodb:GetItem")
	grant.Allow(h.DefaultFunction(), h.tables.messages.TableArn(), "dynamodb:Query")

	broadcast := h.BroadcastFunction()
	grant.Consume(h, "IntakeMapping", broadcast, h.queues.intake, consumer(h.props.Broadcast))
	grant.Allow(broadcast, h.queues.intake.QueueArn(), "sqs:ChangeMessageVisibility")
	grant.Allow(broadcast, h.queues.dead.QueueArn(), "sqs:SendMessage")
	grant.Allow(broadcast, h.queues.fanout.QueueArn(), "sqs:SendMessage")
	grant.Allow(broadcast, h.tables.rooms.TableArn(), "dynamodb:GetItem", "dynamodb:UpdateItem")
	grant.Allow(broadcast, h.tables.messages.TableArn(), "dynamodb:Query", "dynamodb:PutItem")
	grant.Allow(broadcast, connections, "dynamodb:Query", "dynamodb:DeleteItem")
	grant.Allow(broadcast, grant.IndexARN(h.tables.connections, contract.IndexByUser), "dynamodb:Query")
	h.allowConnections(broadcast, "POST", "GET")

	deliver := h.DeliverFunction()
	grant.Consume(h, "FanoutMapping", deliver, h.queues.fanout, consumer(h.props.Deliver))
	grant.Allow(deliver, h.queues.fanout.QueueArn(), "sqs:SendMessage")
	grant.Allow(deliver, h.queues.fanoutDead.QueueArn(), "sqs:SendMessage")
	grant.Allow(deliver, connections, "dynamodb:DeleteItem")
	h.allowConnections(deliver, "POST", "GET", "DELETE")
}

// allowConnections lets a worker post to connections, look a young one up before it forgets it, and close one to which
// nothing can be delivered.
func (h *notificationHub) allowConnections(fn awslambda.Function, methods ...string) {
	fn.AddToRolePolicy(grant.Statement([]string{"execute-api:ManageConnections"}, h.connectionARNs(methods...)...))
}

// consumer reads ten messages at a time.
func consumer(options FunctionOptions) grant.Consumer {
	return grant.Consumer{BatchSize: 10, MaxConcurrency: options.MaxConcurrency}
}
