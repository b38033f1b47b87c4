package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/stage"
)

// defaultData is where the state is kept; outputs.json in it is what other tools read.
const defaultData = ".hermes/local"

// options are the command line. Its paths are absolute: data services have working folders of their own.
type options struct {
	assembly  string
	app       string // a command that synthesizes; "" for that of cdk.json
	stacks    []string
	root      string // the working folder: of cdk.json, and below a node_modules
	port      int
	data      string
	dataGiven bool
	ephemeral bool
	confirm   bool
	beside    []string
	synth     bool
	begun     time.Time // of all that this start takes
	limits    stage.Limits
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.StringVar(&o.assembly, "assembly", "", "run the cloud assembly in `DIR` instead of synthesizing stage local")
	flags.StringVar(&o.app, "app", "", "synthesize with this `COMMAND` instead of that of cdk.json")
	flags.Func("stack", "run this stack, by its `NAME`, and those it depends on; may be repeated", func(name string) error {
		o.stacks = append(o.stacks, name)
		return nil
	})
	flags.IntVar(&o.port, "port", 4566, "`PORT` of the endpoint on 127.0.0.1; 0 takes a free one")
	flags.StringVar(&o.data, "data", defaultData, "`DIR` that keeps the state")
	flags.BoolVar(&o.synth, "synth", false, "synthesize even if nothing has changed")
	flags.BoolVar(&o.ephemeral, "ephemeral", false, "keep no state")
	flags.Func("beside", "run another cloud assembly, in `DIR`, in the same account; may be repeated", func(dir string) (err error) {
		dir, err = filepath.Abs(dir)
		o.beside = append(o.beside, dir)
		return err
	})
	flags.DurationVar(&o.limits.DeployDelay, "deploy-delay", 0, "`TIME` until an auto-deployed API stage answers after its creation (AWS: some seconds)")
	flags.BoolVar(&o.confirm, "confirm-identities", true, "verify the template's SES identities at the start (AWS: their owner does)")
	flags.DurationVar(&o.limits.IdleTimeout, "ws-idle", 0, "idle `TIME` after which a WebSocket connection is closed (AWS: 10m)")
	flags.DurationVar(&o.limits.Lifetime, "ws-life", 0, "`TIME` after which a WebSocket connection is closed (AWS: 2h)")
	flags.Float64Var(&o.limits.Rate, "rate", 0, "requests a second of the account at API Gateway (AWS: 10000)")
	flags.IntVar(&o.limits.Burst, "burst", 0, "burst of -rate (AWS: 5000)")
	flags.Float64Var(&o.limits.ConnectRate, "connect-rate", 0, "new WebSocket connections a second (AWS: 500)")
	flags.IntVar(&o.limits.Concurrency, "concurrency", 0, "concurrent invocations of the account (AWS: 1000)")
	flags.IntVar(&o.limits.Instances, "instances", max(4, 2*runtime.NumCPU()), "processes of one function at a time; invocations beyond wait (AWS: none)")
	flags.DurationVar(&o.limits.SNSRetry, "sns-retry", 0, "`TIME` between SNS deliveries that failed (AWS: 20s)")
	flags.IntVar(&o.limits.MailsASecond, "mail-rate", 0, "mails a second that SES takes (AWS: 14 at first)")
	flags.DurationVar(&o.limits.TTLInterval, "ttl-interval", 0, "`TIME` between sweeps for expired rows (AWS: within days; here 5s)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; flags are listed by -help", flags.Arg(0))
	}
	if o.port < 0 || o.port > 65535 {
		return o, fmt.Errorf("-port must be between 0 and 65535, got %d", o.port)
	}
	if o.app != "" && o.assembly != "" {
		return o, fmt.Errorf("-app %q makes an assembly and -assembly %s names one: give one of them", o.app, o.assembly)
	}
	if o.data == "" {
		return o, errors.New("-data must name a folder")
	}
	flags.Visit(func(f *flag.Flag) { o.dataGiven = o.dataGiven || f.Name == "data" })
	o.begun = begun(os.Getenv(begunEnv))
	return o, o.absolute()
}

// begunEnv says when a start began that compiled this program first, in seconds of Unix time.
const begunEnv = "LOCAL_BEGUN"

func begun(seconds string) time.Time {
	if at, err := strconv.ParseInt(seconds, 10, 64); err == nil && time.Since(time.Unix(at, 0)) < time.Hour {
		return time.Unix(at, 0)
	}
	return time.Now()
}

// absolute resolves every path against the working folder, here and nowhere else.
func (o *options) absolute() (err error) {
	if o.root, err = os.Getwd(); err != nil {
		return fmt.Errorf("find the working folder: %w", err)
	}
	for _, path := range []*string{&o.assembly, &o.data} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(o.root, *path)
		}
	}
	return nil
}
