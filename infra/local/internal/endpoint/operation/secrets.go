package operation

import "encoding/json"

// secretActions are the operations on one secret whose IAM action has the operation's name
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html).
var secretActions = map[string]bool{
	"CancelRotateSecret": true, "CreateSecret": true, "DeleteResourcePolicy": true, "DeleteSecret": true, "DescribeSecret": true,
	"GetResourcePolicy": true, "GetSecretValue": true, "ListSecretVersionIds": true, "PutResourcePolicy": true,
	"PutSecretValue": true, "RestoreSecret": true, "RotateSecret": true, "TagResource": true, "UntagResource": true,
	"UpdateSecret": true, "UpdateSecretVersionStage": true,
}

type secretInput struct {
	SecretId, Name, VersionStage string   //nolint:revive // the API's names
	SecretIdList                 []string //nolint:revive // the API's name
}

func (id *Identifier) secrets(op *Operation, r *Request) {
	op.Name = target(r.HTTP)
	var in secretInput
	_ = json.Unmarshal(r.Body, &in)
	switch {
	case op.Name == "ListSecrets" || op.Name == "GetRandomPassword":
		op.grant("secretsmanager:"+op.Name, "*", nil)
	case op.Name == "BatchGetSecretValue":
		op.grant("secretsmanager:BatchGetSecretValue", "*", nil)
		for _, name := range in.SecretIdList {
			op.grant("secretsmanager:GetSecretValue", id.secretARN(name), nil)
		}
	case secretActions[op.Name]:
		name := firstOf(in.SecretId, in.Name)
		if name == "" {
			return
		}
		context := map[string][]string{"secretsmanager:SecretId": {name}}
		if in.VersionStage != "" {
			context["secretsmanager:VersionStage"] = []string{in.VersionStage}
		}
		op.grant("secretsmanager:"+op.Name, id.secretARN(name), context)
	}
}

// secretARN resolves a name, as policies contain the full ARN with its random suffix.
func (id *Identifier) secretARN(name string) string {
	if id.SecretARN != nil {
		if arn, ok := id.SecretARN(name); ok {
			return arn
		}
	}
	return id.arn("secretsmanager", "secret:", name)
}
