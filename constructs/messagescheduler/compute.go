package messagescheduler

import (
	"cmp"
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// newFunctions makes the functions without their permissions.
func (s *messageScheduler) newFunctions() {
	s.functions = map[string]awslambda.Function{}
	for _, fn := range s.props.functions() {
		if fn.name == contract.FunctionAuthorize && !s.authorizes || fn.mailOnly && !s.sendsMail() {
			continue
		}
		s.functions[fn.name] = lambdafn.New(s, jsii.String(fn.id), &lambdafn.Props{
			Package:       "functions/messagescheduler/" + fn.name,
			Description:   "Hermes scheduler: " + fn.description,
			Options:       fn.options.WithDefaults(fn.memoryMB, s.props.Architecture),
			Timeout:       fn.timeout,
			Variables:     s.environment(fn.name),
			LogRetention:  s.props.LogRetention,
			Resources:     s.resources(),
			RecursiveLoop: fn.recursiveLoop(),
		})
	}
}

// environment is what a function reads at its cold start.
func (s *messageScheduler) environment(name string) map[string]*string {
	schedule, subscribers := s.tables.schedule.TableName(), s.tables.subscribers.TableName()
	deliveries := s.tables.deliveries.TableName()
	env := map[string]*string{}
	switch name {
	case contract.FunctionAuthorize:
		env[contract.EnvSecretARN] = s.secret.SecretArn()
	case contract.FunctionSchedule:
		env[contract.EnvScheduleTable] = schedule
		env[contract.EnvSubscribersTable] = subscribers
		env[contract.EnvDeliveriesTable] = deliveries
		env[contract.EnvDueQueueURL] = s.queues.due.QueueUrl()
		env[contract.EnvShards] = s.shards()
		env[contract.EnvRetention] = s.retentionSeconds()
		env[contract.EnvChannels] = s.channels()
		maps.Copy(env, s.contentEnvironment())
	case contract.FunctionSubscribers:
		env[contract.EnvScheduleTable] = schedule
		env[contract.EnvSubscribersTable] = subscribers
		env[contract.EnvShards] = s.shards()
		maps.Copy(env, s.linkEnvironment())
		if s.props.DoubleOptIn {
			env[contract.EnvDoubleOptIn] = jsii.String("true")
			maps.Copy(env, s.mailEnvironment())
		}
	case contract.FunctionDispatch:
		env[contract.EnvScheduleTable] = schedule
		env[contract.EnvDueQueueURL] = s.queues.due.QueueUrl()
		env[contract.EnvShards] = s.shards()
		maps.Copy(env, s.contentEnvironment())
	case contract.FunctionExpand:
		env[contract.EnvScheduleTable] = schedule
		env[contract.EnvSubscribersTable] = subscribers
		env[contract.EnvDeliveriesTable] = deliveries
		env[contract.EnvDueQueueURL] = s.queues.due.QueueUrl()
		env[contract.EnvDueDeadURL] = s.queues.dueDead.QueueUrl()
		env[contract.EnvShards] = s.shards()
		env[contract.EnvRetention] = s.retentionSeconds()
		env[contract.EnvMetricsName] = s.metricsName
		maps.Copy(env, s.contentEnvironment())
		maps.Copy(env, s.hubEnvironment())
		if s.sendsMail() {
			env[contract.EnvDeliveryQueueURL] = s.queues.delivery.QueueUrl()
		}
	case contract.FunctionDeliver:
		env[contract.EnvDeliveriesTable] = deliveries
		env[contract.EnvDeliveryQueueURL] = s.queues.delivery.QueueUrl()
		env[contract.EnvDeliveryDeadURL] = s.queues.deliveryDead.QueueUrl()
		env[contract.EnvRetention] = s.retentionSeconds()
		env[contract.EnvSendConcurrency] = jsii.String(strconv.Itoa(s.senders()))
		env[contract.EnvMetricsName] = s.metricsName
		if s.props.SendRate != 0 {
			env[contract.EnvSendRate] = jsii.String(strconv.Itoa(s.props.SendRate))
		}
		maps.Copy(env, s.contentEnvironment())
		maps.Copy(env, s.linkEnvironment())
		maps.Copy(env, s.mailEnvironment())
	case contract.FunctionFeedback:
		env[contract.EnvSubscribersTable] = subscribers
		env[contract.EnvDeliveriesTable] = deliveries
		env[contract.EnvRetention] = s.retentionSeconds()
	}
	return env
}

// channels are those that the scheduler serves.
func (s *messageScheduler) channels() *string {
	var all []string
	if s.sendsMail() {
		all = append(all, "email")
	}
	if s.props.Hub != nil {
		all = append(all, "hub")
	}
	return jsii.String(strings.Join(all, ","))
}

// contentEnvironment says where the content of messages is.
func (s *messageScheduler) contentEnvironment() map[string]*string {
	env := map[string]*string{contract.EnvBucket: s.bucket.BucketName()}
	if s.props.BucketPrefix != "" {
		env[contract.EnvBucketPrefix] = jsii.String(s.props.BucketPrefix)
	}
	return env
}

// linkEnvironment is what it takes to sign the links in mails and to follow them.
func (s *messageScheduler) linkEnvironment() map[string]*string {
	return map[string]*string{contract.EnvSecretARN: s.secret.SecretArn(), contract.EnvAPIURL: s.url}
}

// mailEnvironment is what it takes to send a mail.
func (s *messageScheduler) mailEnvironment() map[string]*string {
	return map[string]*string{
		contract.EnvSender:           jsii.String(s.props.Sender),
		contract.EnvConfigurationSet: s.configurationSet.ConfigurationSetName(),
	}
}

func (s *messageScheduler) hubEnvironment() map[string]*string {
	if s.props.Hub == nil {
		return nil
	}
	return map[string]*string{contract.EnvHubQueueURL: s.props.Hub.Queue().QueueUrl()}
}

// senders is how many instances of deliver share the rate of SES. Each sends up to ten mails at a time, of some 100 ms, so
// that two suffice for 200 mails a second; more would only be throttled by SES.
func (s *messageScheduler) senders() int {
	return cmp.Or(s.props.Deliver.MaxConcurrency, grant.DefaultMaxConcurrency)
}

func (s *messageScheduler) shards() *string {
	return jsii.String(strconv.Itoa(cmp.Or(s.props.Shards, contract.DefaultShards)))
}

func (s *messageScheduler) retentionSeconds() *string {
	return jsii.String(strconv.FormatInt(int64(s.retention().Seconds()), 10))
}
