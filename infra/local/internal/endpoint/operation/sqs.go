package operation

import (
	"encoding/json"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
)

// sqsActions are the IAM actions of the operations on one queue; batches need what single calls need
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html).
var sqsActions = map[string]string{
	"AddPermission": "AddPermission", "CancelMessageMoveTask": "CancelMessageMoveTask",
	"ChangeMessageVisibility": "ChangeMessageVisibility", "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
	"CreateQueue": "CreateQueue", "DeleteMessage": "DeleteMessage", "DeleteMessageBatch": "DeleteMessage",
	"DeleteQueue": "DeleteQueue", "GetQueueAttributes": "GetQueueAttributes", "GetQueueUrl": "GetQueueUrl",
	"ListDeadLetterSourceQueues": "ListDeadLetterSourceQueues", "ListMessageMoveTasks": "ListMessageMoveTasks",
	"ListQueueTags": "ListQueueTags", "PurgeQueue": "PurgeQueue", "ReceiveMessage": "ReceiveMessage",
	"RemovePermission": "RemovePermission", "SendMessage": "SendMessage", "SendMessageBatch": "SendMessage",
	"SetQueueAttributes": "SetQueueAttributes", "StartMessageMoveTask": "StartMessageMoveTask", "TagQueue": "TagQueue",
	"UntagQueue": "UntagQueue",
}

type sqsInput struct {
	QueueUrl, QueueName, SourceArn string //nolint:revive // the API's names
}

func (id *Identifier) sqs(op *Operation, r *Request) {
	var in sqsInput
	op.Name = target(r.HTTP)
	_ = json.Unmarshal(r.Body, &in)
	op.Units = meter.Chunks(len(r.Body), meter.RequestChunk)
	if op.Name == "ListQueues" {
		op.grant("sqs:ListQueues", "*", nil)
		return
	}
	name := in.QueueName
	if in.QueueUrl != "" {
		name = QueueName(in.QueueUrl)
	}
	if in.SourceArn != "" {
		name = in.SourceArn
	}
	if action := sqsActions[op.Name]; action != "" && name != "" {
		op.grant("sqs:"+action, id.arn("sqs", "", name), nil)
	}
}

// QueueName returns the name at the end of a queue's URL.
func QueueName(url string) string {
	return url[strings.LastIndexByte(url, '/')+1:]
}
