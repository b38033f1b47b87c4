package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func (h *notificationHub) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	h.needResource(h.queue != nil, "queueArn")
	grant.SetEnvironment(grantee, contract.EnvQueueURL, h.queue.QueueUrl())
	return grant.To(grantee, []*string{h.queue.QueueArn()}, "sqs:SendMessage")
}

func (h *notificationHub) GrantIssueTokens(grantee awsiam.IGrantable) awsiam.Grant {
	h.needResource(h.tokens != nil, "tokensTableArn")
	h.needResource(h.secret != nil, "secretArn")
	grant.SetEnvironment(grantee, contract.EnvTokensTable, h.tokens.TableName())
	grant.SetEnvironment(grantee, contract.EnvSecretARN, h.secret.SecretArn())
	return grant.ReadSecret(h.secret, grantee).Combine(grant.To(grantee, []*string{h.tokens.TableArn()}, tokenActions()...))
}

func (h *notificationHub) GrantManageConnections(grantee awsiam.IGrantable) awsiam.Grant {
	grant.SetEnvironment(grantee, contract.EnvManagementURL, h.ManagementEndpoint())
	return grant.To(grantee, h.connectionARNs("POST", "GET", "DELETE"), "execute-api:ManageConnections")
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
