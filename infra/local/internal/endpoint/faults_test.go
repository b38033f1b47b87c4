package endpoint

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	awssecrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
)

func TestFaultsAreNamedAsTheServiceNamesThem(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	ctx, c := t.Context(), s.admin()
	calls := map[string]func() error{
		"dynamodb":       func() error { _, err := dynamodb.NewFromConfig(c).ListTables(ctx, nil); return err },
		"sqs":            func() error { _, err := sqs.NewFromConfig(c).ListQueues(ctx, nil); return err },
		"sns":            func() error { _, err := sns.NewFromConfig(c).ListTopics(ctx, nil); return err },
		"s3":             func() error { _, err := s3.NewFromConfig(c).ListBuckets(ctx, nil); return err },
		"secretsmanager": func() error { _, err := awssecrets.NewFromConfig(c).ListSecrets(ctx, nil); return err },
		"ses":            func() error { _, err := sesv2.NewFromConfig(c).GetAccount(ctx, nil); return err },
	}
	tests := map[string]struct{ failed, throttled string }{
		"dynamodb": {"InternalServerError", "ProvisionedThroughputExceededException"}, "sqs": {"InternalError", "RequestThrottled"},
		"sns": {"InternalError", "Throttled"}, "s3": {"InternalError", "SlowDown"},
		"secretsmanager": {"InternalServiceError", "ThrottlingException"}, "ses": {"InternalServiceErrorException", "TooManyRequestsException"},
	}
	for service, want := range tests {
		for _, fault := range []struct {
			kind faultinjection.Kind
			code string
		}{{faultinjection.Error, want.failed}, {faultinjection.Throttle, want.throttled}} {
			_, err := s.faults.Add(faultinjection.Rule{Service: service, Kind: fault.kind, Count: 1})
			must(t, err)
			wantError(t, calls[service](), fault.code, "")
			if err := calls[service](); err != nil {
				t.Errorf("%s after the fault: %v", service, err)
			}
		}
	}
}

func TestADroppedAnswerIsLostAfterTheWorkIsDone(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	client := sqs.NewFromConfig(s.admin())
	queue := makeQueue(t, client, "dropped")
	_, err := s.faults.Add(faultinjection.Rule{Service: "sqs", Action: "SendMessage", Kind: faultinjection.Drop, Count: 1})
	must(t, err)
	_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("kept")})
	if err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("error = %v, want the end of the connection", err)
	}
	got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue})
	if err != nil || len(got.Messages) != 1 || *got.Messages[0].Body != "kept" {
		t.Errorf("received %v, %v, want the message", got, err)
	}
}

func TestADelayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	_, err := s.faults.Add(faultinjection.Rule{Service: "sqs", Kind: faultinjection.Delay, DelayMS: 200, Count: 1})
	must(t, err)
	started := time.Now()
	_, err = sqs.NewFromConfig(s.admin()).ListQueues(t.Context(), nil)
	if took := time.Since(started); err != nil || took < 200*time.Millisecond {
		t.Errorf("the call took %s, %v, want at least 200ms", took, err)
	}
}
