package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/golang-jwt/jwt/v5"
)

// A hub is that of a stage, as its operator and its backends see it.
type hub struct {
	*stage
	cfg    aws.Config // the administrator's
	dynamo *dynamodb.Client
	queues *sqs.Client
	// What is no output, by the last two ids of its construct's path, such as Hub/Messages.
	tables, functions, queueURLs map[string]string
	signingKey                   []byte
}

func newHub(ctx context.Context, s *stage) (*hub, error) {
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url()),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	h := &hub{
		stage: s, cfg: cfg, dynamo: dynamodb.NewFromConfig(cfg), tables: map[string]string{}, functions: map[string]string{}, queueURLs: map[string]string{},
		// Publishers try again by themselves, and every try counts.
		queues: sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.RetryMaxAttempts = 1 }),
	}
	type resource struct{ Path, Name, URL string }
	var all struct{ Tables, Queues, Functions []resource }
	if err := s.control(ctx, http.MethodGet, "resources", nil, &all); err != nil {
		return nil, err
	}
	collect := func(into map[string]string, list []resource) {
		for _, r := range list {
			ids := strings.Split(strings.TrimSuffix(r.Path, "/Resource"), "/")
			name := r.Name
			if r.URL != "" {
				name = r.URL
			}
			into[strings.Join(ids[max(0, len(ids)-2):], "/")] = name
		}
	}
	collect(h.tables, all.Tables)
	collect(h.functions, all.Functions)
	collect(h.queueURLs, all.Queues)
	secret, err := h.secret(ctx, s.outputs["SecretArn"])
	h.signingKey = []byte(secret)
	return h, err
}

func (h *hub) secret(ctx context.Context, arn string) (string, error) {
	out, err := secretsmanager.NewFromConfig(h.cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return "", err
	}
	var secret struct {
		SigningKey string `json:"signing_key"`
	}
	err = json.Unmarshal([]byte(*out.SecretString), &secret)
	return secret.SigningKey, err
}

// token makes a token for a user and a room, and its row in the Tokens table.
func (h *hub) token(ctx context.Context, user, room string) (string, error) {
	factor := rand.Text()
	sum := sha256.Sum256([]byte(factor))
	end := time.Now().Add(12 * time.Hour).Unix()
	if _, err := h.dynamo.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(h.outputs["TokensTableName"]), Item: map[string]dynamotypes.AttributeValue{
		"user_id":    &dynamotypes.AttributeValueMemberS{Value: user},
		"room_id":    &dynamotypes.AttributeValueMemberS{Value: room},
		"token":      &dynamotypes.AttributeValueMemberS{Value: "sha256:" + hex.EncodeToString(sum[:])},
		"expires_at": &dynamotypes.AttributeValueMemberN{Value: strconv.FormatInt(end, 10)},
	}}); err != nil {
		return "", err
	}
	claims := jwt.MapClaims{"user_id": user, "room_id": room, "token": factor, "exp": end}
	return jwt.NewWithClaims(jwt.SigningMethodHS512, claims).SignedString(h.signingKey)
}

// A fault is a rule of /_local/faults.
type fault struct {
	ID       string  `json:"id,omitempty"`
	Service  string  `json:"service"`
	Action   string  `json:"action,omitempty"`
	Function string  `json:"function,omitempty"`
	Kind     string  `json:"kind"`
	Share    float64 `json:"share,omitempty"`
	Count    int64   `json:"count,omitempty"`
	DelayMS  int64   `json:"delay_ms,omitempty"`
	WindowMS int64   `json:"window_ms,omitempty"`
	Seed     uint64  `json:"seed,omitempty"`
	Fired    int64   `json:"fired,omitempty"`
}

func (h *hub) inject(ctx context.Context, rules ...fault) error {
	for _, rule := range rules {
		if err := h.control(ctx, http.MethodPost, "faults", rule, nil); err != nil {
			return err
		}
	}
	return nil
}

// fired is how often faults have struck in all.
func (h *hub) fired(ctx context.Context) (n int64, err error) {
	var set struct{ Rules []fault }
	err = h.control(ctx, http.MethodGet, "faults", nil, &set)
	for _, rule := range set.Rules {
		n += rule.Fired
	}
	return n, err
}

func (h *hub) heal(ctx context.Context) error {
	return h.control(ctx, http.MethodDelete, "faults", nil, nil)
}

// atWork counts the messages in each queue that holds some and is no dead-letter queue.
func (h *hub) atWork(ctx context.Context) (queues map[string]int, err error) {
	queues = map[string]int{}
	for construct, url := range h.queueURLs {
		if isDead(construct) {
			continue
		}
		out, err := h.queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
		})
		if err != nil {
			return nil, err
		}
		for _, state := range []string{"", "NotVisible", "Delayed"} {
			n, err := strconv.Atoi(out.Attributes["ApproximateNumberOfMessages"+state])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", construct, err)
			}
			if n > 0 {
				queues[construct] += n
			}
		}
	}
	return queues, nil
}

func isDead(construct string) bool { return strings.Contains(construct, "Dead") }

// deadLetters empties the dead-letter queues and returns the bodies.
func (h *hub) deadLetters(ctx context.Context) (bodies []string, err error) {
	for construct, url := range h.queueURLs {
		for isDead(construct) {
			out, err := h.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10})
			if err != nil {
				return nil, err
			}
			if len(out.Messages) == 0 {
				break
			}
			for _, m := range out.Messages {
				bodies = append(bodies, *m.Body)
				if _, err := h.queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}); err != nil {
					return nil, err
				}
			}
		}
	}
	return bodies, nil
}

// put sends a body to the queue of a construct.
func (h *hub) put(ctx context.Context, construct, body string) error {
	_, err := h.queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(h.queueURLs[construct]), MessageBody: &body})
	return err
}

// alert publishes a text as AWS Budgets does, once the topic's subscription is confirmed.
func (h *hub) alert(ctx context.Context, text string) error {
	topics, topic := sns.NewFromConfig(h.cfg), h.outputs["BudgetTopicArn"]
	confirming, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := until(confirming, func() error {
		out, err := topics.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
		if err == nil && (len(out.Subscriptions) == 0 || !strings.HasPrefix(*out.Subscriptions[0].SubscriptionArn, topic)) {
			err = errors.New("the subscription of the budget's topic is not confirmed")
		}
		return err
	}); err != nil {
		return err
	}
	_, err := topics.Publish(ctx, &sns.PublishInput{
		TopicArn: &topic, Message: &text, Subject: aws.String("AWS Budgets: Monthly has exceeded your alert threshold"),
	})
	return err
}

// visibility changes how long a record that failed stays hidden.
func (h *hub) visibility(ctx context.Context, timeout time.Duration) error {
	for construct, url := range h.queueURLs {
		if !strings.HasPrefix(construct, "Hub/") || isDead(construct) {
			continue
		}
		if _, err := h.queues.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
			QueueUrl: &url, Attributes: map[string]string{"VisibilityTimeout": strconv.Itoa(int(timeout.Seconds()))},
		}); err != nil {
			return err
		}
	}
	return nil
}
