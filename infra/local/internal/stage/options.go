package stage

import (
	"log/slog"
	"net"
	"time"
)

// Options configure Start. Zero values are defaults where one is named.
type Options struct {
	// Assembly is the folder of a cloud assembly: what cdk synth writes.
	Assembly string
	// Stacks are names of the assembly's stacks to run, with those they depend on. Default: all.
	Stacks []string
	// Beside are further assemblies in the same account.
	Beside []string
	// Root is a folder at or below that of node_modules with the data services. Where there is none, they are installed into the
	// user's cache.
	Root string
	// Data keeps the state. Required, also when Ephemeral: outputs.json is written there in any case.
	Data string
	// Ephemeral keeps no state: tables, queues and secrets are new at each start.
	Ephemeral bool
	// Listener is where the endpoint answers; Listen makes one. The stage closes it. Required.
	Listener net.Listener

	Logger *slog.Logger // Default: slog.Default()
	// Lines receives what functions print. Default: it is dropped.
	Lines func(Line)
	// Sites are folders of static files to serve beside everything else.
	Sites []Site
	// ConfirmIdentities verifies the template's SES identities at the start. Default: they are unverified, as on AWS.
	ConfirmIdentities bool
	// Limits differ from AWS's for tests only. Zero is AWS's.
	Limits Limits
}

// Limits stand in for quotas of AWS. Zero is AWS's value.
type Limits struct {
	IdleTimeout  time.Duration // of a WebSocket connection, 10 min
	Lifetime     time.Duration // of a WebSocket connection, 2 h
	Rate         float64       // requests a second of the account, 10,000
	Burst        int           // 5,000
	ConnectRate  float64       // new WebSocket connections a second, 500
	Concurrency  int           // of all functions, 1,000
	Instances    int           // processes of one function at a time, for small machines; 0 for no bound
	SNSRetry     time.Duration // between deliveries that failed, 20 s
	TTLInterval  time.Duration // between sweeps for expired rows, 5 s
	MailsASecond int           // of SES, 14
	DeployDelay  time.Duration // until an auto-deployed stage of an API answers, 0
}

// A Line is one line that a function, or Lambda on its behalf, wrote.
type Line struct {
	Time      time.Time `json:"time"`
	Function  string    `json:"function"`
	Path      string    `json:"path"` // of the construct, below its stack: Hub/Authorize
	RequestID string    `json:"request_id,omitempty"`
	Stream    string    `json:"stream"` // stdout, stderr or platform
	Text      string    `json:"text"`
}
