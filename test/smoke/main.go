// Command smoke lives through the stories of a deployed stage, with the caller's own credentials: someone connects, a backend
// publishes, who was away catches up, a message is scheduled, an alert arrives.
//
//	go run ./test/smoke -stage dev          # make smoke STAGE=dev; reads .hermes/dev/outputs.json
//	go run ./test/smoke -stage local        # of make run, in another terminal
//
// It keeps to a room of its own, but for the alert, which goes where the budget's alerts go: its room, and a mail to the budget's
// recipients if the stage sends mail. Without -skip alert, one such mail arrives.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

// A story is something that a user sees happen.
type story struct {
	name string
	run  func(*stage, context.Context) error
}

// stories in the order in which they run; what one makes, the next ones may use.
var stories = []story{
	{"connect", (*stage).connects},
	{"refuse", (*stage).refuses},
	{"publish", (*stage).publishes},
	{"history", (*stage).catchesUp},
	{"schedule", (*stage).schedules},
	{"alert", (*stage).alerts},
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("smoke", flag.ContinueOnError)
	name := flags.String("stage", "local", "`stage` to try, of .hermes/<stage>/outputs.json")
	file := flags.String("outputs", "", "`file` of stack outputs (default .hermes/<stage>/outputs.json)")
	skip := flags.String("skip", "", "`stories` to leave out, with commas between them")
	within := flags.Duration("within", time.Minute, "`time` that each story may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	left, err := skipped(*skip)
	if err != nil {
		return err
	}
	s, err := open(ctx, *name, *file)
	if err != nil {
		return err
	}
	defer s.close()
	failed := 0
	for _, story := range stories {
		if slices.Contains(left, story.name) {
			fmt.Fprintf(out, "%-10s skipped\n", story.name)
			continue
		}
		begun := time.Now()
		ctx, cancel := context.WithTimeout(ctx, *within)
		err := story.run(s, ctx)
		cancel()
		if err != nil {
			failed++
			fmt.Fprintf(out, "%-10s FAILED after %.1f s: %v\n", story.name, time.Since(begun).Seconds(), err)
			continue
		}
		fmt.Fprintf(out, "%-10s ok, %.1f s\n", story.name, time.Since(begun).Seconds())
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d stories failed on stage %s", failed, len(stories)-len(left), *name)
	}
	return nil
}

// skipped reads the flag.
func skipped(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	left := strings.Split(text, ",")
	for _, name := range left {
		if !slices.ContainsFunc(stories, func(s story) bool { return s.name == name }) {
			return nil, fmt.Errorf("-skip: there is no story %q", name)
		}
	}
	return left, nil
}
