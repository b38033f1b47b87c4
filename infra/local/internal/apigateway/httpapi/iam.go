package httpapi

import (
	"encoding/json"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// iamContext is requestContext.authorizer.iam; what only Cognito or an organization sets is null.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
type iamContext struct {
	AccessKey       string  `json:"accessKey"`
	AccountID       string  `json:"accountId"`
	CallerID        string  `json:"callerId"`
	CognitoIdentity *string `json:"cognitoIdentity"`
	PrincipalOrgID  *string `json:"principalOrgId"`
	UserARN         string  `json:"userArn"`
	UserID          string  `json:"userId"`
}

// authorizeIAM authorizes execute-api:Invoke on the route. An HTTP API answers Forbidden whatever is wrong.
func (a *API) authorizeIAM(q *request) (json.RawMessage, *response) {
	caller, err := a.services.Authorize(q.Request, q.body, edge.ActionInvoke, a.arn(q))
	if err != nil {
		return nil, fresh(refuseForbidden)
	}
	context, err := edge.JSON(map[string]iamContext{"iam": {
		AccessKey: caller.AccessKey, AccountID: caller.AccountID, CallerID: caller.CallerID,
		UserARN: caller.ARN, UserID: caller.UserID,
	}})
	if err != nil {
		return nil, fresh(refuseBroken)
	}
	return context, nil
}
