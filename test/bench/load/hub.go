package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/client"
)

// A hub is a running stage as a backend sees it.
type hub struct {
	socketURL string
	issuer    *client.TokenIssuer
	publisher *client.Publisher
	pid       int // of the stage, 0 if it is not known
}

// find reads the outputs of a stage, in the shape of cdk deploy --outputs-file.
func find(path string) (*hub, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: is the stage running?", err)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, outputs := range stacks {
		if outputs["WebSocketUrl"] != "" {
			h, err := newHub(outputs)
			if err == nil {
				h.pid = holder(filepath.Join(filepath.Dir(path), "lock"))
			}
			return h, err
		}
	}
	return nil, fmt.Errorf("%s: no stack has the output WebSocketUrl", path)
}

func newHub(outputs map[string]string) (*hub, error) {
	queue, err := url.Parse(outputs["QueueUrl"])
	if err != nil {
		return nil, err
	}
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(queue.Scheme + "://" + queue.Host),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	h := &hub{socketURL: outputs["WebSocketUrl"]}
	if h.issuer, err = client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: dynamodb.NewFromConfig(cfg), Table: outputs["TokensTableName"],
		Secrets: secretsmanager.NewFromConfig(cfg), SecretARN: outputs["SecretArn"],
	}); err != nil {
		return nil, err
	}
	h.publisher, err = client.NewPublisher(sqs.NewFromConfig(cfg), outputs["QueueUrl"])
	return h, err
}

// holder reads the process id that a stage writes into the lock of its folder.
func holder(lock string) int {
	raw, err := os.ReadFile(lock)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0
	}
	return pid
}

// publish sends messages numbered from first on, and notes when each left.
func (h *hub) publish(ctx context.Context, a *audience, first, n, size int) error {
	messages := make([]client.Message, n)
	for i := range messages {
		a.round.left(first + i)
		text := strconv.Itoa(first + i)
		messages[i] = client.Message{UserID: "load", RoomID: a.name, Data: text + strings.Repeat(" ", max(0, size-len(text)-2))}
	}
	_, err := h.publisher.PublishBatch(ctx, messages)
	return err
}

// warm lets functions, pools and caches start.
func (h *hub) warm(ctx context.Context, a *audience, o options) error {
	a.begin(20)
	if err := h.publish(ctx, a, 0, 20, o.bytes); err != nil {
		return err
	}
	return a.settle(ctx)
}

// steady publishes one message at a time, at a rate far below the most, and measures how long each takes to each socket.
func (h *hub) steady(ctx context.Context, a *audience, o options) error {
	every := time.Duration(float64(o.sockets) / o.rate * float64(time.Second))
	n := max(1, int(o.duration/every))
	a.begin(n)
	again := time.NewTicker(every)
	defer again.Stop()
	for i := range n {
		if err := h.publish(ctx, a, i, 1, o.bytes); err != nil {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := a.settle(ctx); err != nil {
		return err
	}
	report("steady", "%.0f deliveries a second: %s", float64(o.sockets)/every.Seconds(), a.round.latencies())
	return nil
}

// flood publishes everything at once and measures how fast it arrives.
func (h *hub) flood(ctx context.Context, a *audience, o options) error {
	a.begin(o.messages)
	begun := time.Now()
	if err := h.publish(ctx, a, 0, o.messages, o.bytes); err != nil {
		return err
	}
	published := time.Since(begun)
	if err := a.settle(ctx); err != nil {
		return err
	}
	took := a.round.last().Sub(begun)
	deliveries := o.messages * o.sockets
	report("flood", "%d deliveries in %.2f s: %.0f a second (%.0f frames a second; published in %.2f s, %d repeated)",
		deliveries, took.Seconds(), float64(deliveries)/took.Seconds(), float64(a.round.frames.Load())/took.Seconds(),
		published.Seconds(), a.round.repeated.Load())
	return nil
}
