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
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/internal/deployed"
)

func main() { deployed.Main("redrive", run) }

type options struct {
	place            deployed.Place
	endpoint         string
	queue            deadLetterQueue
	id, reason, text string
	all, list, force bool
	limit            int
}

// selects reports whether a dead letter is one of those that were asked for.
func (o options) selects(l deadLetter) bool {
	return (o.id == "" || *l.MessageId == o.id) && strings.Contains(l.reason(), o.reason) && strings.Contains(*l.Body, o.text)
}

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	var queue string
	flags := flag.NewFlagSet("redrive", flag.ContinueOnError)
	flags.StringVar(&queue, "queue", "", "`name` of the queue: intake, fanout, due, deliveries or alerts (required)")
	flags.StringVar(&o.id, "id", "", "redrive the dead letter with this SQS message `id`")
	flags.StringVar(&o.reason, "reason", "", "redrive those with this `text` in their reason")
	flags.StringVar(&o.text, "text", "", "redrive those with this `text` in their body, such as a room or a group")
	flags.BoolVar(&o.all, "all", false, "redrive all")
	flags.BoolVar(&o.list, "list", false, "list what would be redriven, and do no more")
	flags.BoolVar(&o.force, "force", false, "redrive also what would fail again, after a release that takes it")
	flags.IntVar(&o.limit, "limit", 1000, "look at `n` dead letters at most")
	if o.place, o.endpoint, err = deployed.ParseFlags(flags, args, stderr, "the outputs of the queue"); err != nil {
		return o, err
	}
	chosen := o.id != "" || o.reason != "" || o.text != ""
	switch {
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
	stack, err := deployed.Find(o.place, o.queue.dead, o.queue.source)
	if err != nil {
		return err
	}
	dead, source := stack.Output(o.queue.dead), stack.Output(o.queue.source)
	cfg, err := stack.Config(ctx, regionOf(dead), o.endpoint)
	if err != nil {
		return err
	}
	return redrive{sqs.NewFromConfig(cfg), dead, source, o.queue.intake, stdout}.run(ctx, o)
}

// regionOf is that of a queue's URL on AWS, https://sqs.eu-west-1.amazonaws.com/123456789012/name, or "".
func regionOf(queueURL string) string {
	host, ok := strings.CutPrefix(queueURL, "https://sqs.")
	if !ok {
		return ""
	}
	region, _, _ := strings.Cut(host, ".")
	return region
}
