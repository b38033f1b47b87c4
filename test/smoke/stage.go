package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/client"
)

// A stage is one that is deployed, with the clients of a backend.
type stage struct {
	outputs   map[string]string
	cfg       aws.Config
	issuer    *client.TokenIssuer
	publisher *client.Publisher
	scheduler *client.Scheduler

	room  string // of this run alone
	ada   *socket
	start position // of ada's room, when she connected
	last  string   // id of the message published last
}

// needed are the outputs without which nothing can be tried.
var needed = []string{
	"WebSocketUrl", "QueueUrl", "TokensTableName", "SecretArn", "ApiUrl", "SchedulerSecretArn", "BudgetTopicArn",
}

func open(ctx context.Context, name, file string) (*stage, error) {
	if file == "" {
		file = filepath.Join(".hermes", name, "outputs.json")
	}
	outputs, err := readOutputs(file, "Hermes-"+name)
	if err != nil {
		return nil, err
	}
	s := &stage{outputs: outputs, room: "smoke-" + rand.Text()[:10]}
	if s.cfg, err = s.config(ctx, name == "local"); err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	secrets := secretsmanager.NewFromConfig(s.cfg)
	if s.issuer, err = client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: dynamodb.NewFromConfig(s.cfg), Table: outputs["TokensTableName"], Secrets: secrets, SecretARN: outputs["SecretArn"],
	}); err != nil {
		return nil, err
	}
	if s.publisher, err = client.NewPublisher(sqs.NewFromConfig(s.cfg), outputs["QueueUrl"]); err != nil {
		return nil, err
	}
	s.scheduler, err = client.NewScheduler(client.SchedulerConfig{
		URL: outputs["ApiUrl"], Secrets: secrets, SecretARN: outputs["SchedulerSecretArn"],
	})
	return s, err
}

func (s *stage) close() {
	if s.ada != nil {
		s.ada.close()
	}
}

// readOutputs reads the file that cdk deploy --outputs-file writes.
func readOutputs(file, stack string) (map[string]string, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist: make run writes it for stage local, make deploy for the others", file)
	}
	if err != nil {
		return nil, err
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	outputs, ok := stacks[stack]
	if !ok {
		return nil, fmt.Errorf("%s has no stack %s", file, stack)
	}
	for _, name := range needed {
		if outputs[name] == "" {
			return nil, fmt.Errorf("%s: stack %s has no output %s", file, stack, name)
		}
	}
	return outputs, nil
}

// config is the caller's own, in the stage's region. Stage local is spoken to with its administrator's credentials, so that
// nobody's real ones are used.
func (s *stage) config(ctx context.Context, local bool) (aws.Config, error) {
	topic, err := arn.Parse(s.outputs["BudgetTopicArn"])
	if err != nil {
		return aws.Config{}, err
	}
	load := []func(*config.LoadOptions) error{config.WithRegion(topic.Region)}
	if local {
		queue, err := url.Parse(s.outputs["QueueUrl"])
		if err != nil {
			return aws.Config{}, err
		}
		load = append(load, config.WithBaseEndpoint(queue.Scheme+"://"+queue.Host),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
	}
	return config.LoadDefaultConfig(ctx, load...)
}

// token opens a room for an hour.
func (s *stage) token(ctx context.Context, user, room string) (string, error) {
	issued, err := s.issuer.Issue(ctx, client.IssueRequest{UserID: user, RoomID: room, TTL: time.Hour})
	return issued.Token, err
}
