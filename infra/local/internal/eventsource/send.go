package eventsource

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	firstRetryDelay = time.Second
	maxRetryDelay   = 10 * time.Minute
)

// send delivers one event to one target, with retries, and at last to the target's dead-letter queue.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
func (s *Scheduler) send(p *plan, t Target, due time.Time) {
	began, id := s.cfg.Clock.Now(), newID()
	delay := firstRetryDelay
	for attempt := 1; ; attempt++ {
		body := p.body(t, due, id, attempt)
		permanent, err := s.deliver(p, t, body)
		if err == nil || s.ctx.Err() != nil {
			return
		}
		if permanent || attempt > t.MaxRetries || s.cfg.Clock.Now().Add(delay).Sub(began) > t.MaxEventAge {
			s.giveUp(p, t, body, err)
			return
		}
		select {
		case <-s.cfg.Clock.After(delay):
		case <-s.ctx.Done():
			return
		}
		delay = min(2*delay, maxRetryDelay)
	}
}

// deliver makes one try. A refused authorization is permanent.
func (s *Scheduler) deliver(p *plan, t Target, body string) (permanent bool, err error) {
	access := Access{Principal: p.source.principal, RoleARN: t.RoleARN, Action: "lambda:InvokeFunction", Resource: t.ARN, SourceARN: p.arn}
	if service(t.ARN) == "sqs" {
		access.Action = "sqs:SendMessage"
	}
	if err := s.cfg.Authorize(s.ctx, access); err != nil {
		return true, fmt.Errorf("events: %s: %w", p.name, err)
	}
	if access.Action == "lambda:InvokeFunction" {
		err = s.cfg.Functions.InvokeAsync(s.ctx, t.ARN, []byte(body))
	} else {
		err = s.sendMessage(s.ctx, t.ARN, body, t.MessageGroupID, nil)
	}
	if err != nil {
		err = fmt.Errorf("events: %s: %w", p.name, err)
	}
	return false, err
}

func (s *Scheduler) sendMessage(ctx context.Context, queueARN, body, group string, attributes map[string]string) error {
	url := s.cfg.QueueURL(queueARN)
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
	_, err := s.cfg.Queues.SendMessage(ctx, in)
	return err
}

// giveUp puts an event into the dead-letter queue, if there is one, with the attributes that AWS sets.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func (s *Scheduler) giveUp(p *plan, t Target, body string, cause error) {
	s.cfg.Logger.Error("event not delivered", slog.String("rule", p.name), slog.String("target", t.ARN), slog.Any("error", cause))
	if t.DeadLetterARN == "" {
		return
	}
	attributes := map[string]string{"RULE_ARN": p.arn, "TARGET_ARN": t.ARN, "ERROR_CODE": "SDK_CLIENT_ERROR", "ERROR_MESSAGE": cause.Error()}
	if p.source == scheduler {
		attributes = map[string]string{"SCHEDULE_ARN": p.arn, "TARGET_ARN": t.ARN, "ERROR_CODE": "SDK_CLIENT_ERROR", "ERROR_MESSAGE": cause.Error()}
	}
	if err := s.sendMessage(s.ctx, t.DeadLetterARN, body, "", attributes); err != nil {
		s.cfg.Logger.Error("dead letter not sent", slog.String("rule", p.name), slog.String("queue", t.DeadLetterARN), slog.Any("error", err))
	}
}

// A scheduledEvent is what a target without input gets.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-events.html
type scheduledEvent struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

// body gives the target's input, with Scheduler's context attributes filled in, or the scheduled event.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
func (p *plan) body(t Target, due time.Time, id string, attempt int) string {
	at := due.UTC().Format(time.RFC3339)
	if t.Input != "" {
		if p.source == eventBridge {
			return t.Input
		}
		return strings.NewReplacer("<aws.scheduler.schedule-arn>", p.arn, "<aws.scheduler.scheduled-time>", at,
			"<aws.scheduler.execution-id>", id, "<aws.scheduler.attempt-number>", strconv.Itoa(attempt)).Replace(t.Input)
	}
	parts := strings.Split(p.arn+":::::", ":")
	event := scheduledEvent{
		Version: "0", ID: id, DetailType: "Scheduled Event", Source: p.source.event,
		Account: parts[4], Time: at, Region: parts[3], Resources: []string{p.arn}, Detail: struct{}{},
	}
	if p.source == scheduler {
		event.Detail = "{}" // Scheduler sends the detail as text
	}
	body, err := json.Marshal(event)
	if err != nil { // texts always marshal
		return "{}"
	}
	return string(body)
}

// newID makes a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
