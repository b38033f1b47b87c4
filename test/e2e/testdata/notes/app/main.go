// Command app is the code of both functions of the notes app, which has nothing to do with Hermes: it shows that the
// local stage runs any cloud assembly. It tells the functions apart by the events they get.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
)

type app struct {
	objects *s3.Client
	queues  *sqs.Client
	topics  *sns.Client
}

// A note travels through the queue and the topic.
type note struct{ ID, Text string }

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	a := app{
		objects: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }),
		queues:  sqs.NewFromConfig(cfg), topics: sns.NewFromConfig(cfg),
	}
	lambda.Start(a.handle)
}

func (a app) handle(ctx context.Context, raw json.RawMessage) (any, error) {
	var event struct {
		events.APIGatewayV2HTTPRequest
		Records []events.SQSMessage
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		return nil, err
	}
	switch {
	case event.RouteKey != "":
		return a.serve(ctx, event.APIGatewayV2HTTPRequest)
	default:
		return nil, a.keep(ctx, event.Records)
	}
}

// serve takes a note with PUT, gives it with GET, and tries with DELETE what its role does not allow.
func (a app) serve(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	id := r.PathParameters["id"]
	switch r.RequestContext.HTTP.Method {
	case http.MethodPut:
		body, err := json.Marshal(note{id, r.Body})
		if err == nil {
			_, err = a.queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: env("WORK"), MessageBody: aws.String(string(body))})
		}
		return answer(http.StatusAccepted, "", err)
	case http.MethodGet:
		out, err := a.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: env("SHELF"), Key: aws.String("notes/" + id)})
		if err != nil {
			return answer(0, "", err)
		}
		text, err := io.ReadAll(out.Body)
		return answer(http.StatusOK, string(text), err)
	case http.MethodDelete:
		_, err := a.objects.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: env("SHELF"), Key: aws.String("notes/" + id)})
		return answer(http.StatusNoContent, "", err)
	default:
		return answer(http.StatusMethodNotAllowed, "", nil)
	}
}

// answer maps an error of AWS to a status, and names it.
func answer(status int, text string, err error) (events.APIGatewayV2HTTPResponse, error) {
	var failure smithy.APIError
	if errors.As(err, &failure) {
		statuses := map[string]int{"AccessDenied": http.StatusForbidden, "NoSuchKey": http.StatusNotFound}
		return events.APIGatewayV2HTTPResponse{StatusCode: statuses[failure.ErrorCode()], Body: failure.ErrorCode()}, nil
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: text}, err
}

// keep puts notes on the shelf and tells the world.
func (a app) keep(ctx context.Context, messages []events.SQSMessage) error {
	for _, m := range messages {
		var n note
		if err := json.NewDecoder(strings.NewReader(m.Body)).Decode(&n); err != nil {
			return err
		}
		if err := a.put(ctx, "notes/"+n.ID, n.Text); err != nil {
			return err
		}
		if _, err := a.topics.Publish(ctx, &sns.PublishInput{TopicArn: env("NEWS"), Message: aws.String("kept " + n.ID)}); err != nil {
			return err
		}
	}
	return nil
}

func (a app) put(ctx context.Context, key, text string) error {
	_, err := a.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: env("SHELF"), Key: aws.String(key), Body: strings.NewReader(text)})
	return err
}

func env(name string) *string { return aws.String(os.Getenv(name)) }
