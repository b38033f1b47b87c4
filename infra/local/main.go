// Command local runs a synthesized cloud assembly on this machine: functions, gateways, queues, tables and policies, as the
// template says, without an AWS account and without Docker.
//
//	go run ./infra/local                      synthesize stage local of this folder's CDK app and run it
//	go run ./infra/local -assembly cdk.out    run any cloud assembly of the supported resource types
//
// From the folder of any CDK app, without a clone of this repository:
//
//	go run github.com/hermes-cdk/hermes/infra/local@latest                        the app of cdk.json
//	go run github.com/hermes-cdk/hermes/infra/local@latest -app "npx cdk-app" -stack Orders
//
// It listens on the loopback interface only. See README.md for what is supported and what differs from AWS.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	options, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, abandon := context.WithCancelCause(ctx)
	defer abandon(nil)
	watchParent(func() { abandon(errors.New("the parent process ended")) })
	if err := run(ctx, options); err != nil && ctx.Err() == nil {
		fail(err)
	}
}

// fail says in one line what is wrong, what a program printed below it, and ends with a status that is not 0.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "local:", strings.TrimSpace(err.Error()))
	os.Exit(1)
}
