package endpoint

import (
	"context"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

func TestTraceHeadersStayWithMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	client := sqs.NewFromConfig(s.admin())
	queue := makeQueue(t, client, "traces")
	const header = "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1%7C68fd508a:5"
	traced := func(o *sqs.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Build.Add(middleware.BuildMiddlewareFunc("trace", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				in.Request.(*smithyhttp.Request).Header.Set(lineage.Header, header)
				return next.HandleBuild(ctx, in)
			}), middleware.After)
		})
	}
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("one")}, traced)
	must(t, err)
	_, err = client.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: queue, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String("two")}, {Id: aws.String("b"), MessageBody: aws.String("three")},
	}}, traced)
	must(t, err)
	_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("untraced")})
	must(t, err)
	for _, names := range [][]types.MessageSystemAttributeName{nil, {types.MessageSystemAttributeNameAll}} {
		got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageSystemAttributeNames: names,
		})
		must(t, err)
		if len(got.Messages) != 4 {
			t.Fatalf("received %d messages", len(got.Messages))
		}
		for _, m := range got.Messages {
			want := ""
			if names != nil && *m.Body != "untraced" {
				want = header
			}
			if m.Attributes[lineage.Attribute] != want {
				t.Errorf("%s has trace header %q, want %q", *m.Body, m.Attributes[lineage.Attribute], want)
			}
		}
		for _, m := range got.Messages {
			_, err := client.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
	}
}

func TestOldTraceHeadersAreDropped(t *testing.T) {
	t.Parallel()
	var kept traces
	for i := range maxTraces + 1 {
		kept.put(strconv.Itoa(i), "Root=1")
	}
	if kept.get("0") != "" || kept.get(strconv.Itoa(maxTraces)) != "Root=1" || len(kept.byID) != maxTraces {
		t.Errorf("%d headers are kept", len(kept.byID))
	}
}
