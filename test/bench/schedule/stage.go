package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/client"
)

// A stage is a running one as a backend sees it, with its controls.
type stage struct {
	endpoint  string
	scheduler *client.Scheduler
}

// find reads the outputs of a stage, in the shape of cdk deploy --outputs-file.
func find(path string) (*stage, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: is the stage running?", err)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, outputs := range stacks {
		if outputs["SchedulerSecretArn"] != "" {
			return newStage(outputs)
		}
	}
	return nil, fmt.Errorf("%s: no stack has the output SchedulerSecretArn", path)
}

func newStage(outputs map[string]string) (*stage, error) {
	api, err := url.Parse(outputs["ApiUrl"])
	if err != nil {
		return nil, err
	}
	s := &stage{endpoint: api.Scheme + "://" + api.Host}
	s.scheduler, err = client.NewScheduler(client.SchedulerConfig{
		URL: outputs["ApiUrl"], SecretARN: outputs["SchedulerSecretArn"],
		Secrets: secretsmanager.NewFromConfig(aws.Config{
			Region: "us-east-1", BaseEndpoint: &s.endpoint, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		}),
	})
	return s, err
}

func (s *stage) subscribe(ctx context.Context, p *plan) error {
	for _, email := range p.emails {
		if _, err := s.scheduler.Subscribe(ctx, p.group, client.Subscriber{Email: email}); err != nil {
			return err
		}
	}
	return nil
}

// schedule calls the API for each message, the first that is due first.
func (s *stage) schedule(ctx context.Context, p *plan, o options) error {
	numbers, faults := make(chan int), make(chan error, o.callers)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	begun := time.Now()
	var calling sync.WaitGroup
	for range o.callers {
		calling.Go(func() {
			for n := range numbers {
				_, err := s.scheduler.Schedule(ctx, p.group, client.ScheduleRequest{
					Subject: p.subject(n), Body: "Measured. {{unsubscribe_url}}", ScheduleOn: p.due[n],
				})
				if err != nil {
					faults <- fmt.Errorf("message %d: %w", n, err)
					stop()
					return
				}
			}
		})
	}
	for n := 0; n < len(p.due) && ctx.Err() == nil; n++ {
		select {
		case numbers <- n:
		case <-ctx.Done():
		}
	}
	close(numbers)
	calling.Wait()
	if ctx.Err() != nil {
		select {
		case err := <-faults:
			return err
		default:
			return ctx.Err()
		}
	}
	took := time.Since(begun)
	report("scheduled", "%d messages in %.1f s, %.0f a second", len(p.due), took.Seconds(), float64(len(p.due))/took.Seconds())
	if took > o.in {
		report("", "the first was due after %v: give -in more, or lateness is that of scheduling", o.in)
	}
	return nil
}

// control reads JSON from one of the stage's controls.
func (s *stage) control(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.endpoint+"/_local/"+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", request.URL, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
