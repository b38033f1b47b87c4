package main

import (
	"errors"
	"flag"
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

func parseFlags(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	flags.StringVar(&o.user, "user", "", "`user` the token is for (required)")
	flags.StringVar(&o.room, "room", "", "`room` the token opens (required)")
	flags.DurationVar(&o.ttl, "ttl", time.Hour, "life of the token, at most 720h")
	flags.BoolVar(&o.classic, "classic", false, "make the classic second factor")
	if o.place, o.endpoint, err = deployed.ParseFlags(flags, args, stderr, "the outputs "+tokensOutput+" and "+secretOutput); err != nil {
		return o, err
	}
	switch {
	case o.user == "":
		return o, errors.New("-user is required")
	case o.room == "":
		return o, errors.New("-room is required")
	}
	return o, nil
}
