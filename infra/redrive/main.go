// Command redrive lists the dead letters of a stage, and sends them back to the queue that they came from.
//
//	go run ./infra/redrive -stage prod -queue intake                    # lists them, with their reasons
//	go run ./infra/redrive -stage prod -queue intake -all               # redrives all of them, oldest first
//	go run ./infra/redrive -stage prod -queue fanout -reason throttled  # those with the word in their reason
//
// What would fail again stays where it is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "redrive:", err)
		os.Exit(1)
	}
}

type options struct {
	outputs, stage, endpoint string
	queue                    deadLetterQueue
	id, reason, text         string
	all, list, force         bool
	limit                    int
}

// selects reports whether a letter is one of those that were asked for.
func (o options) selects(l letter) bool {
	return (o.id == "" || *l.MessageId == o.id) && strings.Contains(l.reason(), o.reason) && strings.Contains(*l.Body, o.text)
}

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	var queue string
	flags := flag.NewFlagSet("redrive", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // a wrong flag is one line, not the whole usage
	flags.StringVar(&o.outputs, "outputs", "", "`file` of stack outputs (default .hermes/<stage>/outputs.json)")
	flags.StringVar(&o.stage, "stage", "local", "`stage` whose queues they are")
	flags.StringVar(&queue, "queue", "", "`name` of the queue: intake, fanout, due, deliveries or alerts (required)")
	flags.StringVar(&o.id, "id", "", "redrive the letter with this SQS message `id`")
	flags.StringVar(&o.reason, "reason", "", "redrive those with this `text` in their reason")
	flags.StringVar(&o.text, "text", "", "redrive those with this `text` in their body, such as a room or a group")
	flags.BoolVar(&o.all, "all", false, "redrive all")
	flags.BoolVar(&o.list, "list", false, "list what would be redriven, and do no more")
	flags.BoolVar(&o.force, "force", false, "redrive also what would fail again, after a release that takes it")
	flags.IntVar(&o.limit, "limit", 1000, "look at `n` letters at most")
	flags.StringVar(&o.endpoint, "endpoint", "", "AWS endpoint `URL` (default: AWS_ENDPOINT_URL; for stage local, where that listens)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return o, err
	}
	chosen := o.id != "" || o.reason != "" || o.text != ""
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.limit < 1:
		return o, fmt.Errorf("-limit is %d, it must be at least 1", o.limit)
	case o.all && chosen:
		return o, errors.New("-all goes with none of -id, -reason and -text")
	}
	o.list = o.list || !o.all && !chosen
	o.queue, err = queueOf(queue)
	return o, err
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	outputs, err := readOutputs(o)
	if err != nil {
		return err
	}
	dead, source := outputs[o.queue.dead], outputs[o.queue.source]
	if dead == "" || source == "" {
		return fmt.Errorf("stack Hermes-%s has no outputs %s and %s", o.stage, o.queue.dead, o.queue.source)
	}
	client, err := newClient(ctx, o, dead)
	if err != nil {
		return err
	}
	return redrive{client, dead, source, o.queue.intake, stdout}.run(ctx, o)
}

// readOutputs returns the outputs of the stage's stack.
func readOutputs(o options) (map[string]string, error) {
	path := o.outputs
	if path == "" {
		path = filepath.Join(".hermes", o.stage, "outputs.json")
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist: make run writes it for stage local, make deploy for the others", path)
	}
	if err != nil {
		return nil, err
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	outputs, ok := stacks["Hermes-"+o.stage]
	if !ok {
		return nil, fmt.Errorf("%s: no stack Hermes-%s in it", path, o.stage)
	}
	return outputs, nil
}

// newClient is a client of the caller's own account, or of the local stage.
func newClient(ctx context.Context, o options, queueURL string) (*sqs.Client, error) {
	// A queue's URL says in which region it is: https://sqs.eu-west-1.amazonaws.com/123456789012/name.
	var load []func(*config.LoadOptions) error
	if region, _, ok := strings.Cut(strings.TrimPrefix(queueURL, "https://sqs."), "."); ok && strings.HasPrefix(queueURL, "https://sqs.") {
		load = append(load, config.WithRegion(region))
	}
	endpoint := o.endpoint
	if o.stage == "local" {
		load = append(load, config.WithRegion("us-east-1"), config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
		if endpoint == "" && os.Getenv("AWS_ENDPOINT_URL") == "" {
			scheme, rest, _ := strings.Cut(queueURL, "://")
			host, _, _ := strings.Cut(rest, "/")
			endpoint = scheme + "://" + host
		}
	}
	if endpoint != "" {
		load = append(load, config.WithBaseEndpoint(endpoint))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	return sqs.NewFromConfig(cfg), nil
}
