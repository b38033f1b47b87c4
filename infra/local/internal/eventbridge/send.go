package eventbridge

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	firstRetryDelay = time.Second
	maxRetryDelay   = 10 * time.Minute
)

// send delivers an event, or the target's input, to one target, with retries, and at last to the target's dead-letter queue.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
func (b *Bus) send(r *rule, t Target, body string) {
	if t.Input != "" {
		body = t.Input
	}
	began, delay := b.cfg.Clock.Now(), firstRetryDelay
	for attempt := 1; ; attempt++ {
		permanent, err := b.deliver(r, t, body)
		if err == nil || b.ctx.Err() != nil {
			return
		}
		if permanent || attempt > t.MaxRetries || b.cfg.Clock.Now().Add(delay).Sub(began) > t.MaxEventAge {
			b.giveUp(r, t, body, err)
			return
		}
		select {
		case <-b.cfg.Clock.After(delay):
		case <-b.ctx.Done():
			return
		}
		delay = min(2*delay, maxRetryDelay)
	}
}

// deliver makes one attempt. A denied authorization is permanent.
func (b *Bus) deliver(r *rule, t Target, body string) (permanent bool, err error) {
	access := Access{Action: "lambda:InvokeFunction", Resource: t.ARN, SourceARN: r.arn}
	if service(t.ARN) == "sqs" {
		access.Action = "sqs:SendMessage"
	}
	if err := b.cfg.Authorize(b.ctx, access); err != nil {
		return true, fmt.Errorf("eventbridge: %s: %w", r.name, err)
	}
	if access.Action == "lambda:InvokeFunction" {
		err = b.cfg.Functions.InvokeAsync(b.ctx, t.ARN, []byte(body))
	} else {
		err = b.sendMessage(b.ctx, t.ARN, body, t.MessageGroupID, nil)
	}
	if err != nil {
		err = fmt.Errorf("eventbridge: %s: %w", r.name, err)
	}
	return false, err
}

func (b *Bus) sendMessage(ctx context.Context, queueARN, body, group string, attributes map[string]string) error {
	url := b.cfg.QueueURL(queueARN)
	in := &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body}
	if group != "" {
		in.MessageGroupId = &group
	}
	if len(attributes) > 0 {
		in.MessageAttributes = make(map[string]types.MessageAttributeValue, len(attributes))
	}
	kind := "String"
	for name, text := range attributes {
		in.MessageAttributes[name] = types.MessageAttributeValue{DataType: &kind, StringValue: &text}
	}
	_, err := b.cfg.Queues.SendMessage(ctx, in)
	return err
}

// giveUp sends an event to the dead-letter queue, if there is one, with the attributes that AWS sets.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func (b *Bus) giveUp(r *rule, t Target, body string, cause error) {
	b.cfg.Logger.Error("event not delivered", slog.String("rule", r.name), slog.String("target", t.ARN), slog.Any("error", cause))
	if t.DeadLetterARN == "" {
		return
	}
	attributes := map[string]string{"RULE_ARN": r.arn, "TARGET_ARN": t.ARN, "ERROR_CODE": "SDK_CLIENT_ERROR", "ERROR_MESSAGE": cause.Error()}
	if err := b.sendMessage(b.ctx, t.DeadLetterARN, body, "", attributes); err != nil {
		b.cfg.Logger.Error("dead letter not sent", slog.String("rule", r.name), slog.String("queue", t.DeadLetterARN), slog.Any("error", err))
	}
}
