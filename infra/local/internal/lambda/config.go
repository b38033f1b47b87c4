package lambda

import (
	"log/slog"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// Config is what a Supervisor needs; optional fields default when they are zero.
type Config struct {
	// WorkDir holds read-only copies of the code (code/, kept between starts) and scratch folders (scratch/, emptied).
	// Required. Two supervisors must not share one.
	WorkDir string

	Clock  clock.Clock  // Default: the machine's
	Logger *slog.Logger // Default: slog.Default()
	Sink   func(Line)   // receives output; called from several goroutines. Default: none
	Meter  Meter        // Default: none
	// Observe is called with the outcome of each invocation, for metrics. Default: none.
	Observe func(function string, result Result, err error)
	Faults  func(function string) Injection // called once for each invocation. Default: none
	// ColdStart is called for each instance that starts and returns how much longer that takes. Default: no longer
	ColdStart func(function string) time.Duration

	// AccountConcurrency is the number of invocations at a time of all functions together. Default: 1000.
	AccountConcurrency int
	// MaxInstances and MaxInstancesPerFunction bound the processes that exist at a time; further invocations wait for a free
	// instance, where AWS would start another. Waiting counts as concurrency. Default: 0, no bound.
	MaxInstances, MaxInstancesPerFunction int

	InitTimeout time.Duration // of the first attempt of a cold start. Default: 10 s
	IdleTimeout time.Duration // after which an idle instance is ended. Default: 5 min

	RetryDelays   []time.Duration // of InvokeAsync. Default: 1 min, 2 min
	ThrottleDelay time.Duration   // of InvokeAsync when throttled, doubled up to 5 min. Default: 1 s
	Deliver       Destination     // sends to destinations and dead-letter queues. Default: a log line
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Sink == nil {
		c.Sink = func(Line) {}
	}
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	if c.Faults == nil {
		c.Faults = func(string) Injection { return Injection{} }
	}
	if c.ColdStart == nil {
		c.ColdStart = func(string) time.Duration { return 0 }
	}
	if c.AccountConcurrency == 0 {
		c.AccountConcurrency = 1000
	}
	if c.InitTimeout == 0 {
		c.InitTimeout = 10 * time.Second
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = 5 * time.Minute
	}
	if len(c.RetryDelays) == 0 {
		c.RetryDelays = []time.Duration{time.Minute, 2 * time.Minute}
	}
	if c.ThrottleDelay == 0 {
		c.ThrottleDelay = time.Second
	}
	return c
}

type noMeter struct{}

func (noMeter) Count(string, string, string, float64) {}
