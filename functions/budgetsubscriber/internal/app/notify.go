package app

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	netmail "net/mail"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/awserror"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/confirm"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/mail"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/receipts"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/snsevent"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// Notify builds the handler. It ends the process, with a log line, if anything in the environment is missing or wrong.
func Notify(vars *env.Vars, log *slog.Logger) snsevent.HandleFunc {
	topic, version := vars.Required(contract.EnvTopicARN), vars.Required(contract.EnvSignatureVersion)
	table, ttl := vars.Required(contract.EnvReceiptsTable), vars.Seconds(contract.EnvReceiptTTL)
	dead, metricsName := vars.Required(contract.EnvDeadLetterURL), vars.Required(contract.EnvMetricsName)
	vars.MustBeComplete(log)

	verifier, err := newVerifier(topic, version, ttl)
	must(log, err)
	templates, err := parseTemplates(vars.Optional(contract.EnvTemplates))
	must(log, err)
	recipients, err := parseRecipients(vars.Optional(contract.EnvRecipients))
	must(log, err)

	cfg := awsconfig.MustLoad(log)
	topics, tables := awssns.NewFromConfig(cfg), dynamodb.NewFromConfig(cfg)
	s := &subscriber.Subscriber{
		Verifier: verifier,
		Confirmer: confirm.Confirmer{
			Client: snsClient{topics.ConfirmSubscription}, AuthenticateOnUnsubscribe: vars.Optional(contract.EnvAuthenticate) == "true",
		},
		Receipts: receipts.Table{
			Client: dynamoDBClient{tables.PutItem, tables.GetItem, tables.DeleteItem}, Name: table, TTL: ttl, Now: time.Now,
		},
		DeadLetters: queueAt(cfg, dead),
		Templates:   templates, Recipients: recipients,
		BudgetName: vars.Optional(contract.EnvBudgetName), BudgetTitle: vars.Optional(contract.EnvBudgetTitle),
		Refused: awserror.Refused,
		Metrics: &metrics.Emitter{
			Out: os.Stdout, Namespace: contract.MetricNamespace, Dimension: contract.MetricDimension, Value: metricsName, Now: time.Now,
		},
		Now: time.Now, Log: log,
	}
	connect(s, vars, cfg)
	return snsevent.Handler{Receiver: s, Log: log}.Handle
}

// connect adds the configured ways to notify: e-mail and the hub.
func connect(s *subscriber.Subscriber, vars *env.Vars, cfg aws.Config) {
	if from := vars.Optional(contract.EnvSender); from != "" {
		s.Mailer = mail.Sender{
			Client: sesClient{sesv2.NewFromConfig(cfg).SendEmail}, From: from, ConfigurationSet: vars.Optional(contract.EnvConfigurationSet),
		}
	}
	if url := vars.Optional(contract.EnvQueueURL); url != "" {
		s.Hub = queueAt(cfg, url)
		if s.Room = vars.Optional(contract.EnvRoom); s.Room == "" {
			s.Room = contract.DefaultRoom
		}
	}
}

func queueAt(cfg aws.Config, url string) sqs.Queue {
	return sqs.Queue{Client: sqsClient{awssqs.NewFromConfig(cfg).SendMessageBatch}, URL: url}
}

// newVerifier refuses a message once its receipts may have expired: whoever captured it could have it sent again. A dead letter
// can be redriven until then.
func newVerifier(topic, version string, retention time.Duration) (*snsverify.Verifier, error) {
	least, err := strconv.Atoi(version)
	if err != nil {
		return nil, fmt.Errorf("app: %s %q is no number", contract.EnvSignatureVersion, version)
	}
	// A Timestamp ahead of our clock must not outlive the receipt either.
	return snsverify.New([]string{topic}, snsverify.WithMinVersion(least), snsverify.WithMaxAge(retention-snsverify.ClockSkew))
}

func parseTemplates(folder string) (*contract.Templates, error) {
	var replaced fs.FS
	if folder != "" {
		replaced = os.DirFS(folder)
	}
	return contract.ParseTemplates(replaced)
}

func parseRecipients(text string) ([]contract.Recipient, error) {
	if text == "" {
		return nil, nil
	}
	var all []contract.Recipient
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("app: %s: %w", contract.EnvRecipients, err)
	}
	for i, r := range all {
		if parsed, err := netmail.ParseAddress(r.Email); err != nil || parsed.Address != r.Email {
			return nil, fmt.Errorf("app: %s: recipient %d has no e-mail address", contract.EnvRecipients, i)
		}
	}
	return all, nil
}

func must(log *slog.Logger, err error) {
	if err != nil {
		log.Error("cannot start: the environment is wrong", "error", err)
		os.Exit(1)
	}
}
