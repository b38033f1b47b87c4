package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// connects: someone with a token comes in.
func (s *stage) connects(ctx context.Context) (err error) {
	s.ada, s.start, err = s.join(ctx, "ada", s.room)
	return err
}

var errNotConnected = errors.New("nobody is connected")

// refuses: someone with a token that is not signed by the hub's key stays outside.
func (s *stage) refuses(ctx context.Context) error {
	token, err := s.token(ctx, "mallory", s.room)
	if err != nil {
		return err
	}
	socket, status, err := s.dial(ctx, token[:strings.LastIndex(token, ".")]+"."+strings.Repeat("A", 86))
	if err == nil {
		socket.close()
		return errors.New("a forged token was let in")
	}
	if status != http.StatusForbidden {
		return fmt.Errorf("a forged token was answered %d, want 403: %w", status, err)
	}
	return nil
}

// publishes: what a backend publishes arrives.
func (s *stage) publishes(ctx context.Context) (err error) {
	if s.ada == nil {
		return errNotConnected
	}
	s.last, err = s.publisher.Publish(ctx, client.Message{RoomID: s.room, UserID: "smoke", Data: map[string]any{"type": "smoke"}})
	if err != nil {
		return err
	}
	return s.ada.await(ctx, func(m message) bool { return m.ID == s.last })
}

// catchesUp: who comes later learns what was published before.
func (s *stage) catchesUp(ctx context.Context) error {
	if s.last == "" {
		return errors.New("nothing was published")
	}
	bob, _, err := s.join(ctx, "bob", s.room)
	if err != nil {
		return err
	}
	defer bob.close()
	answer, err := bob.ask(ctx, fmt.Sprintf(`{"action":"history","epoch":%q,"after":%d}`, s.start.Epoch, s.start.Seq), "history")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(answer.Messages, func(m message) bool { return m.ID == s.last }) {
		return fmt.Errorf("message %s is not in the room's history: %+v", s.last, answer.Messages)
	}
	return nil
}

// schedules: a message for the room comes at its time. No mail is sent.
func (s *stage) schedules(ctx context.Context) error {
	if s.ada == nil {
		return errNotConnected
	}
	scheduled, err := s.scheduler.Schedule(ctx, s.room, client.ScheduleRequest{
		Subject: "smoke", Body: "smoke", ScheduleOn: time.Now().Add(5 * time.Second), Channels: []string{"hub"},
		Data: map[string]any{"type": "scheduled smoke"},
	})
	if err != nil {
		return err
	}
	if err := s.ada.await(ctx, func(m message) bool { return strings.Contains(string(m.Data), "scheduled smoke") }); err != nil {
		return fmt.Errorf("message %s: %w", scheduled.Key, err)
	}
	return nil
}

// alerts: an alert, worded as AWS Budgets words them, goes through the topic and its signed delivery into the budget's room.
func (s *stage) alerts(ctx context.Context) error {
	watcher, _, err := s.join(ctx, "ada", contract.DefaultRoom)
	if err != nil {
		return err
	}
	defer watcher.close()
	topic, account := s.outputs["BudgetTopicArn"], strings.Split(s.outputs["BudgetTopicArn"], ":")[4]
	if _, err := sns.NewFromConfig(s.cfg).Publish(ctx, &sns.PublishInput{
		TopicArn: &topic, Subject: aws.String("AWS Budgets: " + s.room + " has exceeded your alert threshold"),
		Message: aws.String(alertText(account, s.room, time.Now())),
	}); err != nil {
		return err
	}
	return watcher.await(ctx, func(m message) bool { return strings.Contains(string(m.Data), s.room) })
}

// alertText is what AWS Budgets writes.
func alertText(account, budget string, at time.Time) string {
	return fmt.Sprintf(`AWS Budget Notification %s
AWS Account %s

Dear AWS Customer,

You requested that we alert you when the ACTUAL Cost associated with your %[3]s budget is greater than $0.90 for the current month. The ACTUAL Cost associated with this budget is $0.91. You can find additional details below and by accessing the AWS Budgets dashboard [1].

Budget Name: %[3]s
Budget Type: Cost
Budgeted Amount: $1.00
Alert Type: ACTUAL
Alert Threshold: > $0.90
ACTUAL Amount: $0.91

[1] https://console.aws.amazon.com/costmanagement/home#/budgets
`, at.Format("January 2, 2006"), account, budget)
}
