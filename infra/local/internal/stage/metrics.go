package stage

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
	"github.com/hermes-cdk/hermes/infra/local/internal/cloudwatch"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
)

// makeAlarms creates the board of the template's alarms. Metric math is not evaluated; such an alarm has no data.
func (s *Stage) makeAlarms() {
	rules := make([]cloudwatch.Rule, len(s.resources.Alarms))
	for i, a := range s.resources.Alarms {
		rules[i] = cloudwatch.Rule{
			Name: a.Name, Description: a.Description, Namespace: a.Namespace, Metric: a.Metric, Dimensions: a.Dimensions,
			Statistic: a.Statistic, Period: a.Period, EvaluationPeriods: a.EvaluationPeriods, DatapointsToAlarm: a.DatapointsToAlarm,
			Threshold: a.Threshold, Comparison: a.Comparison, MissingData: a.MissingData,
		}
	}
	s.alarms = cloudwatch.New(rules, time.Now)
}

// observed records the metrics of an invocation, under AWS's names.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
func (s *Stage) observed(function string, result lambda.Result, err error) {
	dimensions := map[string]string{"FunctionName": function}
	record := func(metric string, value float64) { s.alarms.Record("AWS/Lambda", metric, dimensions, value) }
	if errors.Is(err, lambda.ErrThrottled) {
		record("Throttles", 1)
		return
	}
	if errors.Is(err, lambda.ErrRecursive) {
		record("RecursiveInvocationsDropped", 1)
		s.recursion.add(function)
		return
	}
	record("Throttles", 0)
	record("Invocations", 1)
	record("Duration", float64(result.Duration.Milliseconds()))
	failed := 0.0
	if err != nil || result.FunctionError != "" {
		failed = 1
	}
	record("Errors", failed)
}

// queueInterval is the interval of queue metrics.
const queueInterval = 2 * time.Second

// watchQueues records depth and age of the queues with alarms, until ctx ends. SQS has no API for the age of the oldest
// message; the time for which the queue has not been empty stands in for it, which is the same unless messages overtake each
// other.
func (s *Stage) watchQueues(ctx context.Context) {
	watched := map[string]*provision.Queue{}
	for _, q := range s.resources.Queues {
		for _, a := range s.resources.Alarms {
			if a.Namespace == "AWS/SQS" && a.Dimensions["QueueName"] == q.Name {
				watched[q.Name] = q
			}
		}
	}
	client := s.queueClient(s.queuePeer.URL, admin()) // at the service directly: CloudWatch's polling is not billed
	filled := map[string]time.Time{}
	beat := time.NewTicker(queueInterval)
	defer beat.Stop()
	for {
		for name, q := range watched {
			s.watchQueue(ctx, client, name, q, filled)
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

func (s *Stage) watchQueue(ctx context.Context, client *sqs.Client, name string, q *provision.Queue, filled map[string]time.Time) {
	out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(q.URL),
		AttributeNames: []types.QueueAttributeName{
			types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		},
	})
	if err != nil {
		return // the service is stopping: no data, as on AWS
	}
	visible, _ := strconv.Atoi(out.Attributes["ApproximateNumberOfMessages"])
	hidden, _ := strconv.Atoi(out.Attributes["ApproximateNumberOfMessagesNotVisible"])
	if visible+hidden == 0 {
		delete(filled, name)
	} else if filled[name].IsZero() {
		filled[name] = time.Now()
	}
	age := 0.0
	if since := filled[name]; !since.IsZero() {
		age = time.Since(since).Seconds()
	}
	dimensions := map[string]string{"QueueName": name}
	s.alarms.Record("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, float64(visible))
	s.alarms.Record("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", dimensions, float64(hidden))
	s.alarms.Record("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions, age)
}

// serveAlarms lists the alarms with their state.
func (s *Stage) serveAlarms(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, http.StatusOK, map[string]any{"alarms": s.alarms.Statuses()})
}
