package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// allowFunctions gives each function the statements it needs and no other. They are written by hand because CDK's grants
// are broader: a bucket's grantPut alone allows s3:Abort*, PutObjectLegalHold and PutObjectRetention.
func (s *messageScheduler) allowFunctions() {
	if authorize := s.functions[contract.FunctionAuthorize]; authorize != nil {
		s.allowSecret(authorize)
	}
	s.allowSchedule(s.ScheduleFunction())
	s.allowSubscribers(s.SubscribersFunction())
	s.allowDispatch(s.DispatchFunction())
	s.allowExpand(s.ExpandFunction())
	s.allowDeliver(s.DeliverFunction())
	allow(s.FeedbackFunction(), s.tables.deliveries.TableArn(), "dynamodb:UpdateItem")
	allow(s.FeedbackFunction(), s.tables.subscribers.TableArn(), "dynamodb:UpdateItem")
}

func (s *messageScheduler) allowSchedule(fn awslambda.Function) {
	allow(fn, s.tables.schedule.TableArn(), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem")
	allow(fn, indexARN(s.tables.schedule, contract.IndexByTime), "dynamodb:Query")
	allow(fn, s.tables.deliveries.TableArn(), "dynamodb:Query")
	allow(fn, s.tables.subscribers.TableArn(), "dynamodb:Query")
	allow(fn, s.queues.due.QueueArn(), "sqs:SendMessage")
	s.allowContent(fn, "s3:PutObject", "s3:PutObjectTagging", "s3:GetObject")
}

func (s *messageScheduler) allowSubscribers(fn awslambda.Function) {
	allow(fn, s.tables.subscribers.TableArn(),
		"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query")
	allow(fn, s.tables.schedule.TableArn(), "dynamodb:BatchGetItem")
	allow(fn, indexARN(s.tables.schedule, contract.IndexByTime), "dynamodb:Query")
	s.allowSecret(fn)
	if s.props.DoubleOptIn {
		s.allowMail(fn)
	}
}

func (s *messageScheduler) allowDispatch(fn awslambda.Function) {
	allow(fn, indexARN(s.tables.schedule, contract.IndexByDue), "dynamodb:Query")
	allow(fn, s.tables.schedule.TableArn(), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem")
	allow(fn, s.queues.due.QueueArn(), "sqs:SendMessage")
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
	s.consume(fn, s.queues.due, "Due", s.props.Expand.MaxConcurrency)
	allow(fn, s.tables.schedule.TableArn(), "dynamodb:GetItem", "dynamodb:PutItem")
	allow(fn, s.tables.subscribers.TableArn(), "dynamodb:Query")
	allow(fn, s.tables.deliveries.TableArn(), "dynamodb:UpdateItem")
	s.allowContent(fn, "s3:GetObject", "s3:PutObject", "s3:PutObjectTagging")
	for _, queue := range []awssqs.Queue{s.queues.due, s.queues.dueDead, s.queues.sends} {
		allow(fn, queue.QueueArn(), "sqs:SendMessage")
	}
	if s.props.Hub != nil {
		// To the role and not the function, whose environment names the queue already.
		s.props.Hub.GrantPublish(fn.Role())
	}
}

func (s *messageScheduler) allowDeliver(fn awslambda.Function) {
	s.consume(fn, s.queues.sends, "Sends", s.senders())
	allow(fn, s.tables.deliveries.TableArn(), "dynamodb:GetItem", "dynamodb:UpdateItem")
	s.allowContent(fn, "s3:GetObject")
	s.allowSecret(fn)
	s.allowMail(fn)
	if s.props.SendRate == 0 {
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
		allow(fn, jsii.String("*"), "ses:GetAccount")
	}
	for _, queue := range []awssqs.Queue{s.queues.sends, s.queues.sendsDead} {
		allow(fn, queue.QueueArn(), "sqs:SendMessage")
	}
}

// allowContent allows actions on the objects below the prefix, whose keys hold group and message.
func (s *messageScheduler) allowContent(fn awslambda.Function, actions ...string) {
	allow(fn, s.bucket.ArnForObjects(jsii.String(s.props.BucketPrefix+"*")), actions...)
	key := s.bucket.EncryptionKey()
	if key == nil {
		return
	}
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
	for _, action := range actions {
		switch action {
		case "s3:GetObject":
			allow(fn, key.KeyArn(), "kms:Decrypt")
		case "s3:PutObject":
			allow(fn, key.KeyArn(), "kms:GenerateDataKey")
		}
	}
}

func (s *messageScheduler) allowSecret(fn awslambda.Function) {
	allow(fn, s.secret.SecretArn(), "secretsmanager:GetSecretValue")
	if key := s.secret.EncryptionKey(); key != nil {
		key.GrantDecrypt(fn)
	}
}

// allowMail lets a function send as Sender and as nobody else of the identity. SES asks for the configuration set, too.
// https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
func (s *messageScheduler) allowMail(fn awslambda.Function) {
	send := &awsiam.PolicyStatementProps{
		Actions:   jsii.Strings("ses:SendEmail"),
		Resources: &[]*string{s.identity.EmailIdentityArn(), s.configurationSetARN()},
	}
	if address := s.senderAddress(); address != "" {
		send.Conditions = &map[string]any{"StringEquals": map[string]any{"ses:FromAddress": address}}
	}
	fn.AddToRolePolicy(awsiam.NewPolicyStatement(send))
}

// consume reads a queue. The actions are the three that AWS asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
func (s *messageScheduler) consume(fn awslambda.Function, queue awssqs.Queue, id string, concurrency int) {
	allow(fn, queue.QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	props := &awslambda.EventSourceMappingProps{
		Target:                  fn,
		EventSourceArn:          queue.QueueArn(),
		BatchSize:               jsii.Number(contract.BatchSize),
		ReportBatchItemFailures: jsii.Bool(true),
	}
	if concurrency != 0 {
		props.MaxConcurrency = jsii.Number(concurrency)
	}
	awslambda.NewEventSourceMapping(s, jsii.String(id+"Mapping"), props)
}

func allow(fn awslambda.Function, resource *string, actions ...string) {
	fn.AddToRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &[]*string{resource},
	}))
}

func indexARN(table awsdynamodb.ITable, index string) *string {
	return jsii.String(*table.TableArn() + "/index/" + index)
}
