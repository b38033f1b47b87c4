package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// GrantOptions is what a grant takes beside the grantee.
type GrantOptions = grant.Options

// Grant is what a grant returns.
type Grant = grant.Grant

func (h *notificationHub) giver() grant.Giver {
	return grant.Giver{Construct: h, Kind: "notification hub"}
}

func (h *notificationHub) GrantPublish(grantee awsiam.IGrantable, options ...GrantOptions) Grant {
	h.needResource(h.queue != nil, "queueArn")
	send := grant.On(h.queue, grant.Queue(h.queue), grantee, "sqs:SendMessage")
	return h.giver().Give(grantee, send, map[string]*string{contract.EnvQueueURL: h.queue.QueueUrl()}, options)
}

func (h *notificationHub) GrantIssueTokens(grantee awsiam.IGrantable, options ...GrantOptions) Grant {
	h.needResource(h.tokens != nil, "tokensTableArn")
	h.needResource(h.secret != nil, "secretArn")
	issue := grant.ReadSecret(h.secret, grantee).Combine(grant.ToUse(grantee, grant.Table(h.tokens), tokenActions()...))
	return h.giver().Give(grantee, issue, map[string]*string{
		contract.EnvTokensTable: h.tokens.TableName(),
		contract.EnvSecretARN:   h.secret.SecretArn(),
	}, options)
}

func (h *notificationHub) GrantManageConnections(grantee awsiam.IGrantable, options ...GrantOptions) Grant {
	manage := grant.To(grantee, h.connectionARNs("POST", "GET", "DELETE"), "execute-api:ManageConnections")
	return h.giver().Give(grantee, manage, map[string]*string{contract.EnvManagementURL: h.ManagementEndpoint()}, options)
}

// tokenActions are what client.TokenIssuer calls on the Tokens table.
func tokenActions() []string {
	return []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
}

func (h *notificationHub) needResource(present bool, attribute string) {
	if !present {
		h.need(nil, attribute)
	}
}
