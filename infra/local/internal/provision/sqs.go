package provision

import (
	"strconv"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func sqsKinds() map[string]kind {
	return map[string]kind{
		"AWS::SQS::Queue":       kindOf(planQueue),
		"AWS::SQS::QueuePolicy": kindOf(planQueuePolicy),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
type queueProperties struct {
	ContentBasedDeduplication     bool
	DelaySeconds                  *int
	FifoQueue                     bool
	KmsMasterKeyId                string //nolint:revive // the property's name
	MaximumMessageSize            *int
	MessageRetentionPeriod        *int
	QueueName                     string
	ReceiveMessageWaitTimeSeconds *int
	RedrivePolicy                 any // an object, or its JSON
	VisibilityTimeout             *int

	KmsDataKeyReusePeriodSeconds any `ignored:"whether the key may be used is looked at each time"`
	RedriveAllowPolicy           any `ignored:"every queue may use this one for its dead letters"`
	SqsManagedSseEnabled         any `ignored:"nothing is encrypted at rest"`
	Tags                         any `ignored:"nothing reads tags"`
}

type redrivePolicy struct {
	DeadLetterTargetArn string `property:"deadLetterTargetArn" required:"true"`
	MaxReceiveCount     int    `property:"maxReceiveCount" required:"true"`
}

func planQueue(p *planner, r *assembly.Resource, in queueProperties) (assembly.Values, error) {
	q := &Queue{ID: identify(r), FIFO: in.FifoQueue, Attributes: map[string]string{}, VisibilityTimeout: 30 * time.Second}
	q.Name = queueName(r, in)
	if err := p.claim(r, "sqs", q.Name); err != nil {
		return assembly.Values{}, err
	}
	if strings.HasSuffix(q.Name, ".fifo") != in.FifoQueue {
		return assembly.Values{}, invalid("the name %s ends in .fifo if and only if the queue is FIFO", q.Name)
	}
	q.ARN, q.URL = p.arn("sqs", q.Name), p.PublicURL+"/"+p.assembly.Environment.Account+"/"+q.Name
	for name, value := range map[string]*int{
		"DelaySeconds": in.DelaySeconds, "MaximumMessageSize": in.MaximumMessageSize, "VisibilityTimeout": in.VisibilityTimeout,
		"MessageRetentionPeriod": in.MessageRetentionPeriod, "ReceiveMessageWaitTimeSeconds": in.ReceiveMessageWaitTimeSeconds,
	} {
		if value != nil {
			q.Attributes[name] = strconv.Itoa(*value)
		}
	}
	if in.VisibilityTimeout != nil {
		q.VisibilityTimeout = time.Duration(*in.VisibilityTimeout) * time.Second
	}
	if in.ContentBasedDeduplication {
		q.Attributes["ContentBasedDeduplication"] = "true"
	}
	redrive, err := decodeObject[redrivePolicy]("Properties.RedrivePolicy", in.RedrivePolicy)
	if err != nil {
		return assembly.Values{}, err
	}
	q.DeadLetterARN, q.MaxReceiveCount = redrive.DeadLetterTargetArn, redrive.MaxReceiveCount
	if q.DeadLetterARN != "" {
		p.later(r, func() error { return p.knownQueue("Properties.RedrivePolicy.deadLetterTargetArn", q.DeadLetterARN) })
	}
	p.encrypt(r, "Properties.KmsMasterKeyId", in.KmsMasterKeyId, q.ARN)
	p.queues[q.ARN] = q
	p.resources.Queues = append(p.resources.Queues, q)
	return assembly.Values{Ref: q.URL, Attributes: map[string]any{"Arn": q.ARN, "QueueName": q.Name, "QueueUrl": q.URL}}, nil
}

func queueName(r *assembly.Resource, in queueProperties) string {
	if in.QueueName == "" && in.FifoQueue {
		return physicalName(r, "", maxQueueName-len(".fifo")) + ".fifo"
	}
	return physicalName(r, in.QueueName, maxQueueName)
}

func (p *planner) knownQueue(path, queueARN string) error {
	if _, ok := p.queues[queueARN]; !ok {
		return unsupported("%s %s, which is not a queue of the assembly,", path, queueARN)
	}
	return nil
}

type queuePolicyProperties struct {
	PolicyDocument any      `required:"true"`
	Queues         []string `required:"true"` // URLs
}

func planQueuePolicy(p *planner, r *assembly.Resource, in queuePolicyProperties) (assembly.Values, error) {
	for _, url := range in.Queues {
		queueARN := p.arn("sqs", url[strings.LastIndexByte(url, '/')+1:])
		if err := p.knownQueue("Properties.Queues", queueARN); err != nil {
			return assembly.Values{}, err
		}
		if err := p.resourcePolicy(r, queueARN, in.PolicyDocument); err != nil {
			return assembly.Values{}, err
		}
	}
	return assembly.Values{Ref: r.LogicalID}, nil
}
