// Command load measures a running local stage: how many messages a second it brings from the queue to the sockets of one
// room, how long one takes, and how much memory all of its processes hold.
//
//	make run ARGS=--ephemeral                     in one terminal
//	go run ./test/bench/load                      in another
//
// It asserts nothing: figures depend on the machine, whose load average stands beside them. A delivery is one message
// at one socket. A hermes.v1 client gets the messages of a batch in one frame; with -classic, each is a frame of its own.
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
	outputs  string
	pid      int
	sockets  int
	classic  bool
	messages int
	rate     float64
	duration time.Duration
	bytes    int
	dials    int
}

func main() {
	var o options
	flag.StringVar(&o.outputs, "outputs", ".hermes/local/outputs.json", "`FILE` of the stage's outputs")
	flag.IntVar(&o.pid, "pid", 0, "`PID` of the stage, for its memory; 0 takes it from the lock beside the outputs")
	flag.IntVar(&o.sockets, "sockets", 1000, "how many sockets join the room")
	flag.BoolVar(&o.classic, "classic", false, "connect without subprotocol: one message a frame")
	flag.IntVar(&o.messages, "messages", 100, "how many messages are published at once, to find the most deliveries a second")
	flag.Float64Var(&o.rate, "rate", 1000, "deliveries a second at which the time of each is measured")
	flag.DurationVar(&o.duration, "duration", 15*time.Second, "how long to measure it")
	flag.IntVar(&o.bytes, "bytes", 100, "size of each message's data")
	flag.IntVar(&o.dials, "dials", 8, "how many sockets connect at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// settleWithin bounds the wait for what was published to arrive.
const settleWithin = 2 * time.Minute

func run(ctx context.Context, o options) error {
	if o.sockets < 1 || o.messages < 1 || o.rate <= 0 || o.dials < 1 {
		return errors.New("-sockets, -messages, -rate and -dials must be positive")
	}
	h, err := find(o.outputs)
	if err != nil {
		return err
	}
	if o.pid == 0 {
		o.pid = h.pid
	}
	report("machine", "%s", machine())
	report("memory, idle", "%s", memory(o.pid))

	begun := time.Now()
	room, err := h.join(ctx, o)
	if err != nil {
		return err
	}
	defer room.leave()
	took := time.Since(begun)
	report("connected", "%d sockets in %.1f s, %.0f a second", o.sockets, took.Seconds(), float64(o.sockets)/took.Seconds())

	for _, measure := range []func(context.Context, *audience, options) error{h.warm, h.steady, h.flood} {
		if err := measure(ctx, room, o); err != nil {
			return err
		}
	}
	report("memory, at the end", "%s", memory(o.pid))
	report("load average", "%s", loadAverage())
	return nil
}

func report(label, format string, values ...any) {
	fmt.Printf("%-20s %s\n", label, fmt.Sprintf(format, values...))
}
