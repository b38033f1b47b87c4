// Command schedule measures the MessageScheduler of a running local stage: how late its mails are, how many a second it
// sends, and what that costs by the stage's meter.
//
//	make run ARGS="--ephemeral --mail-rate 1000"  in one terminal
//	go run ./test/bench/schedule                  in another
//
// It schedules messages by the API, spread evenly over a time to come, and looks for a mail of each message to each
// subscriber in the outbox. Its figures depend on the machine, whose load average stands beside them, and it asserts none
// of them; a mail that is missing or came twice ends it with status 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

type options struct {
	outputs     string
	messages    int
	subscribers int
	within      time.Duration
	in          time.Duration
	callers     int
	patience    time.Duration
	linger      time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.outputs, "outputs", ".hermes/local/outputs.json", "`FILE` of the stage's outputs")
	flag.IntVar(&o.messages, "messages", 1000, "how many messages are scheduled")
	flag.IntVar(&o.subscribers, "subscribers", 1, "how many subscribers get each")
	flag.DurationVar(&o.within, "within", 2*time.Minute, "`TIME` over which they are due")
	flag.DurationVar(&o.in, "in", 30*time.Second, "`TIME` until the first is due; scheduling should take less")
	flag.IntVar(&o.callers, "callers", 8, "how many calls to the API are made at a time")
	flag.DurationVar(&o.patience, "patience", 10*time.Minute, "how long after the last is due mails are waited for")
	flag.DurationVar(&o.linger, "linger", 10*time.Second, "how long mails that come twice are looked for when all are there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "schedule:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.messages < 1 || o.subscribers < 1 || o.callers < 1 || o.within < 0 || o.in < 0 {
		return errors.New("-messages, -subscribers and -callers must be positive, -within and -in not negative")
	}
	s, err := find(o.outputs)
	if err != nil {
		return err
	}
	report("machine", "%s", machine())
	before, err := s.usage(ctx)
	if err != nil {
		return err
	}
	p := newPlan(o)
	if err := s.subscribe(ctx, p); err != nil {
		return err
	}
	if err := s.schedule(ctx, p, o); err != nil {
		return err
	}
	t, err := s.collect(ctx, p, o)
	if err != nil {
		return err
	}
	after, err := s.usage(ctx)
	if err != nil {
		return err
	}
	t.report()
	reportUsage(before, after, o.messages)
	report("load average", "%s", loadAverage())
	return t.fault()
}

func report(label, format string, values ...any) {
	fmt.Printf("%-20s %s\n", label, fmt.Sprintf(format, values...))
}
