package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// allowFunctions gives each function the statements it needs and no other.
func (s *messageScheduler) allowFunctions() {
	if authorize := s.functions[contract.FunctionAuthorize]; authorize != nil {
		grant.ReadSecret(s.secret, authorize)
	}
	s.allowSchedule(s.ScheduleFunction())
	s.allowSubscribers(s.SubscribersFunction())
	s.allowDispatch(s.DispatchFunction())
	s.allowExpand(s.ExpandFunction())
	if s.sendsMail() {
		s.allowDeliver(s.DeliverFunction())
		grant.Allow(s.FeedbackFunction(), grant.Table(s.tables.deliveries), "dynamodb:UpdateItem")
		grant.Allow(s.FeedbackFunction(), grant.Table(s.tables.subscribers), "dynamodb:UpdateItem")
	}
}

func (s *messageScheduler) allowSchedule(fn awslambda.Function) {
	grant.Allow(fn, grant.Table(s.tables.schedule), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem")
	grant.Allow(fn, grant.Index(s.tables.schedule, contract.IndexByTime), "dynamodb:Query")
	grant.Allow(fn, grant.Table(s.tables.deliveries), "dynamodb:Query")
	grant.Allow(fn, grant.Table(s.tables.subscribers), "dynamodb:Query")
	grant.Allow(fn, grant.Queue(s.queues.due), "sqs:SendMessage")
	s.allowContent(fn, "s3:PutObject", "s3:PutObjectTagging", "s3:GetObject")
}

func (s *messageScheduler) allowSubscribers(fn awslambda.Function) {
	grant.Allow(fn, grant.Table(s.tables.subscribers),
		"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query")
	grant.Allow(fn, grant.Table(s.tables.schedule), "dynamodb:BatchGetItem")
	grant.Allow(fn, grant.Index(s.tables.schedule, contract.IndexByTime), "dynamodb:Query")
	grant.ReadSecret(s.secret, fn)
	if s.props.DoubleOptIn {
		s.allowMail(fn)
	}
}

func (s *messageScheduler) allowDispatch(fn awslambda.Function) {
	grant.Allow(fn, grant.Index(s.tables.schedule, contract.IndexByDue), "dynamodb:Query")
	grant.Allow(fn, grant.Table(s.tables.schedule), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem")
	grant.Allow(fn, grant.Queue(s.queues.due), "sqs:SendMessage")
	list := &awsiam.PolicyStatementProps{
		Actions:   jsii.Strings("s3:ListBucket"),
		Resources: &[]*string{s.bucket.BucketArn()},
	}
	if s.props.BucketPrefix != "" {
		list.Conditions = &map[string]any{"StringEquals": map[string]any{"s3:prefix": s.props.BucketPrefix}}
	}
	fn.AddToRolePolicy(awsiam.NewPolicyStatement(list))
	s.allowContent(fn, "s3:DeleteObject")
}

func (s *messageScheduler) allowExpand(fn awslambda.Function) {
	grant.Consume(s, "DueMapping", fn, s.queues.due, consumer(s.props.Expand.MaxConcurrency))
	grant.Allow(fn, grant.Table(s.tables.schedule), "dynamodb:GetItem", "dynamodb:PutItem")
	grant.Allow(fn, grant.Table(s.tables.subscribers), "dynamodb:Query")
	grant.Allow(fn, grant.Table(s.tables.deliveries), "dynamodb:UpdateItem")
	s.allowContent(fn, "s3:GetObject", "s3:PutObject", "s3:PutObjectTagging")
	grant.Allow(fn, grant.Queue(s.queues.due), "sqs:SendMessage")
	grant.Allow(fn, grant.Queue(s.queues.dueDead), "sqs:SendMessage")
	if s.sendsMail() {
		grant.Allow(fn, grant.Queue(s.queues.delivery), "sqs:SendMessage")
	}
	if s.props.Hub != nil {
		// To the role and not the function, whose environment names the queue already.
		s.props.Hub.GrantPublish(fn.Role())
	}
}

func (s *messageScheduler) allowDeliver(fn awslambda.Function) {
	grant.Consume(s, "DeliveryMapping", fn, s.queues.delivery, consumer(s.senders()))
	grant.Allow(fn, grant.Table(s.tables.deliveries), "dynamodb:GetItem", "dynamodb:UpdateItem")
	s.allowContent(fn, "s3:GetObject")
	grant.ReadSecret(s.secret, fn)
	s.allowMail(fn)
	if s.props.SendRate == 0 {
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
		grant.Allow(fn, grant.ARN(jsii.String("*")), "ses:GetAccount")
	}
	for _, queue := range []awssqs.IQueue{s.queues.delivery, s.queues.deliveryDead} {
		grant.Allow(fn, grant.Queue(queue), "sqs:SendMessage")
	}
}

// allowContent allows actions on the objects below the prefix, whose keys hold group and message.
func (s *messageScheduler) allowContent(fn awslambda.Function, actions ...string) {
	grant.Allow(fn, grant.Objects(s.bucket, s.props.BucketPrefix), actions...)
}

// allowMail allows a function to send as Sender.
func (s *messageScheduler) allowMail(fn awslambda.Function) {
	fn.AddToRolePolicy(sender.Permission{
		Sender: s.props.Sender, Identity: s.identity, ConfigurationSet: s.configurationSet, SandboxRecipients: s.props.SandboxRecipients,
	}.Statement(s))
}

// consumer reads a batch at a time.
func consumer(maxConcurrency int) grant.Consumer {
	return grant.Consumer{BatchSize: contract.BatchSize, MaxConcurrency: maxConcurrency}
}
