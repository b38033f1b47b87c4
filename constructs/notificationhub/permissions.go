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
		grant.Allow(authorize, grant.Table(h.tokens), "dynamodb:GetItem")
	}
	connections := grant.Table(h.tables.connections)
	grant.Allow(h.ConnectFunction(), connections, "dynamodb:PutItem")
	grant.Allow(h.DisconnectFunction(), connections, "dynamodb:DeleteItem")
	grant.Allow(h.SendFunction(), grant.Queue(h.queue), "sqs:SendMessage")
	h.allowConnections(h.SendFunction(), "POST")
	grant.Allow(h.DefaultFunction(), grant.Table(h.tables.rooms), "dynamodb:GetItem")
	grant.Allow(h.DefaultFunction(), grant.Table(h.tables.messages), "dynamodb:Query")

	broadcast := h.BroadcastFunction()
	grant.Consume(h, "IntakeMapping", broadcast, h.queues.intake, consumer(h.props.Broadcast))
	grant.Allow(broadcast, grant.Queue(h.queues.intake), "sqs:ChangeMessageVisibility")
	grant.Allow(broadcast, grant.Queue(h.queues.dead), "sqs:SendMessage")
	grant.Allow(broadcast, grant.Queue(h.queues.fanout), "sqs:SendMessage")
	grant.Allow(broadcast, grant.Table(h.tables.rooms), "dynamodb:GetItem", "dynamodb:UpdateItem")
	grant.Allow(broadcast, grant.Table(h.tables.messages), "dynamodb:Query", "dynamodb:PutItem")
	grant.Allow(broadcast, connections, "dynamodb:Query", "dynamodb:DeleteItem")
	grant.Allow(broadcast, grant.Index(h.tables.connections, contract.IndexByUser), "dynamodb:Query")
	h.allowConnections(broadcast, "POST", "GET")

	deliver := h.DeliverFunction()
	grant.Consume(h, "FanoutMapping", deliver, h.queues.fanout, consumer(h.props.Deliver))
	grant.Allow(deliver, grant.Queue(h.queues.fanout), "sqs:SendMessage")
	grant.Allow(deliver, grant.Queue(h.queues.fanoutDead), "sqs:SendMessage")
	grant.Allow(deliver, connections, "dynamodb:DeleteItem")
	h.allowConnections(deliver, "POST", "GET", "DELETE")
}

// allowConnections lets a function post to connections, look a young one up before it forgets it, and close one to which
// nothing can be delivered.
func (h *notificationHub) allowConnections(fn awslambda.Function, methods ...string) {
	fn.AddToRolePolicy(grant.Statement([]string{"execute-api:ManageConnections"}, h.connectionARNs(methods...)...))
}

// consumer reads ten messages at a time.
func consumer(options FunctionOptions) grant.Consumer {
	return grant.Consumer{BatchSize: 10, MaxConcurrency: options.MaxConcurrency}
}
