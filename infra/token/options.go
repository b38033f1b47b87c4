package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/hermes-cdk/hermes/infra/internal/deployed"
)

type options struct {
	place      deployed.Place
	endpoint   string
	user, room string
	ttl        time.Duration
	classic    bool
}

func parseFlags(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // a wrong flag is one line, not the whole usage
	flags.StringVar(&o.place.File, "outputs", "", "`file` of stack outputs (default .hermes/<stage>/outputs.json)")
	flags.StringVar(&o.place.Stage, "stage", "", "`stage` whose file to read and whose stack, Hermes-<stage>, to take from it (default: local)")
	flags.StringVar(&o.place.Stack, "stack", "", "`stack` to take from the file (default: the only one with the outputs "+tokensOutput+" and "+secretOutput+")")
	flags.StringVar(&o.user, "user", "", "`user` the token is for (required)")
	flags.StringVar(&o.room, "room", "", "`room` the token opens (required)")
	flags.DurationVar(&o.ttl, "ttl", time.Hour, "life of the token, at most 720h")
	flags.BoolVar(&o.classic, "classic", false, "make the classic second factor")
	flags.StringVar(&o.endpoint, "endpoint", "", "AWS endpoint `URL` (default: AWS_ENDPOINT_URL; for stage local, where that listens)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.place.Stage != "" && o.place.Stack != "":
		return o, errors.New("-stage and -stack exclude each other")
	case o.user == "":
		return o, errors.New("-user is required")
	case o.room == "":
		return o, errors.New("-room is required")
	}
	return o, nil
}
