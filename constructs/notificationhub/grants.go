package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func (h *notificationHub) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	h.needResource(h.queue != nil, "queueArn")
	tell(grantee, contract.EnvQueueURL, h.queue.QueueUrl())
	return grant(grantee, []*string{h.queue.QueueArn()}, "sqs:SendMessage")
}

func (h *notificationHub) GrantIssueTokens(grantee awsiam.IGrantable) awsiam.Grant {
	h.needResource(h.tokens != nil, "tokensTableArn")
	h.needResource(h.secret != nil, "secretArn")
	tell(grantee, contract.EnvTokensTable, h.tokens.TableName())
	tell(grantee, contract.EnvSecretARN, h.secret.SecretArn())
	read := grant(grantee, []*string{h.secret.SecretArn()}, "secretsmanager:GetSecretValue")
	if key := h.secret.EncryptionKey(); key != nil {
		read = read.Combine(key.GrantDecrypt(grantee))
	}
	return read.Combine(grant(grantee, []*string{h.tokens.TableArn()}, tokenActions()...))
}

func (h *notificationHub) GrantManageConnections(grantee awsiam.IGrantable) awsiam.Grant {
	tell(grantee, contract.EnvManagementURL, h.ManagementEndpoint())
	return grant(grantee, h.connectionARNs("POST", "GET", "DELETE"), "execute-api:ManageConnections")
}

// tokenActions are what client.TokenIssuer calls on the Tokens table.
func tokenActions() []string {
	return []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
}

func grant(grantee awsiam.IGrantable, resources []*string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings(actions...),
		ResourceArns: &resources,
	})
}

// tell puts a value into the environment of a grantee that has one.
func tell(grantee awsiam.IGrantable, name string, value *string) {
	if fn, ok := grantee.(awslambda.Function); ok {
		fn.AddEnvironment(jsii.String(name), value, nil)
	}
}

func (h *notificationHub) needResource(present bool, attribute string) {
	if !present {
		h.need(nil, attribute)
	}
}
