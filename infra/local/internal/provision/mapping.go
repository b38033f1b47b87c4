package provision

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
type mappingProperties struct {
	BatchSize                      int
	Enabled                        *bool
	EventSourceArn                 string `required:"true"`
	FunctionName                   string `required:"true"`
	FunctionResponseTypes          []string
	MaximumBatchingWindowInSeconds int
	ScalingConfig                  struct{ MaximumConcurrency int }

	Tags any `ignored:"nothing reads tags"`
}

func planMapping(p *planner, r *assembly.Resource, in mappingProperties) (assembly.Values, error) {
	f, qualifier, err := p.function(in.FunctionName)
	if err != nil {
		return assembly.Values{}, err
	}
	q, ok := p.queues[in.EventSourceArn]
	if !ok {
		return assembly.Values{}, unsupported("Properties.EventSourceArn %s, which is not a queue of the assembly,", in.EventSourceArn)
	}
	if q.VisibilityTimeout < f.Timeout {
		// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
		return assembly.Values{}, invalid("queue visibility timeout: %.0f seconds is less than function timeout: %.0f seconds",
			q.VisibilityTimeout.Seconds(), f.Timeout.Seconds())
	}
	m := EventSourceMapping{
		ID: identify(r), UUID: uuid(r), Function: qualified(f, qualifier), FunctionName: f.Name,
		Queue: q.Name, QueueARN: q.ARN, QueueURL: q.URL,
		BatchSize:          orDefault(in.BatchSize, 10),
		BatchWindow:        time.Duration(in.MaximumBatchingWindowInSeconds) * time.Second,
		MaximumConcurrency: in.ScalingConfig.MaximumConcurrency,
		Enabled:            in.Enabled == nil || *in.Enabled,
	}
	for _, t := range in.FunctionResponseTypes {
		if t != "ReportBatchItemFailures" {
			return assembly.Values{}, unsupported("Properties.FunctionResponseTypes %s", t)
		}
		m.ReportBatchItemFailures = true
	}
	p.resources.EventSourceMappings = append(p.resources.EventSourceMappings, m)
	// Lambda polls with the function's role, and refuses the mapping if the role may not
	// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions).
	for _, action := range []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} {
		p.roleAccess(r, f.Role, action, q.ARN)
	}
	return assembly.Values{Ref: m.UUID, Attributes: map[string]any{
		"Id": m.UUID, "EventSourceMappingArn": p.arn("lambda", "event-source-mapping:"+m.UUID),
	}}, nil
}
