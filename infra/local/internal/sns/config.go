package sns

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// An Invoker hands an event to a Lambda function. functionError is "" or "Unhandled". SNS invokes asynchronously, so it
// should queue the event and return.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (result []byte, functionError string, err error)
}

// DeadLetters sends to a queue, on behalf of the topic, which queue policies check.
// https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
type DeadLetters interface {
	Send(ctx context.Context, topicARN, queueARN, body string, attributes map[string]string) error
}

// RetryPolicy is the delivery policy when neither topic nor subscription has one.
type RetryPolicy struct {
	Retries int           // after the first attempt. Default: 3
	Delay   time.Duration // before each. Default: 20 s
}

// Config is what a Notifier needs.
type Config struct {
	Peer         string // URL of the SNS peer, http://127.0.0.1:<port>
	EndpointBase string // URL of the local stage, under which /_aws/execute-api/<api>/ are the gateways
	DataDir      string // folder for keys and subscriptions; made with mode 0700

	Invoker     Invoker      // Default: none, and lambda subscriptions are refused
	DeadLetters DeadLetters  // Default: none, and redrive policies are refused
	Clock       clock.Clock  // Default: the system's
	Logger      *slog.Logger // Default: none
	Retry       RetryPolicy
	Timeout     time.Duration // of one delivery. Default: 15 s
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Retry == (RetryPolicy{}) {
		c.Retry = RetryPolicy{Retries: 3, Delay: 20 * time.Second}
	}
	if c.Timeout == 0 {
		c.Timeout = 15 * time.Second
	}
	return c
}

func (c Config) check() error {
	for name, text := range map[string]string{"Peer": c.Peer, "EndpointBase": c.EndpointBase} {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) {
			return fmt.Errorf("%w: %s %q is not an http URL of this machine", ErrConfiguration, name, text)
		}
	}
	if c.DataDir == "" {
		return fmt.Errorf("%w: no DataDir", ErrConfiguration)
	}
	if c.Retry.Retries < 0 || c.Retry.Retries > maxRetries || c.Retry.Delay < 0 {
		return fmt.Errorf("%w: retry %d times every %s", ErrConfiguration, c.Retry.Retries, c.Retry.Delay)
	}
	return nil
}
