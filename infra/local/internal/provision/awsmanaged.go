package provision

import "strings"

// awsManagedActions are the AWS managed policies that a function's role commonly has. Each allows its actions on all
// resources (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html).
var awsManagedActions = map[string][]any{
	"service-role/AWSLambdaBasicExecutionRole": {
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
	},
	"service-role/AWSLambdaSQSQueueExecutionRole": {
		"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
	},
	"AWSXRayDaemonWriteAccess": {
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
		"xray:GetSamplingStatisticSummaries",
	},
}

func awsManaged(policyARN string) (policyDocument, bool) {
	name, isAWS := strings.CutPrefix(policyARN, "arn:aws:iam::aws:policy/")
	actions, ok := awsManagedActions[name]
	if !isAWS || !ok {
		return policyDocument{}, false
	}
	return policyDocument{source: policyARN, document: map[string]any{
		"Version":   "2012-10-17",
		"Statement": []any{map[string]any{"Effect": "Allow", "Action": actions, "Resource": "*"}},
	}}, true
}
