// Package awsconfig loads the configuration of AWS clients from the environment, and bounds the time of a call.
package awsconfig

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

// CallTimeout bounds one try of one call. The SDK sets no timeout: a call that hangs would last until the function is
// killed, and its two retries would never happen.
// https://docs.aws.amazon.com/sdk-for-go/v2/developer-guide/configure-http.html
const CallTimeout = 5 * time.Second

// MustLoad loads region, credentials and, if AWS_ENDPOINT_URL is set, the endpoint. It ends the process if it cannot.
func MustLoad(log *slog.Logger) aws.Config {
	cfg, err := config.LoadDefaultConfig(context.Background(),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(CallTimeout)),
		config.WithLogger(sdkLogger{log}))
	if err != nil {
		log.Error("cannot start: no AWS configuration", "error", err)
		os.Exit(1)
	}
	return cfg
}

// Prompt returns cfg for functions whose invocations last a few seconds. A try ends after two of them, and the retries
// follow almost at once: by default they may be a second or two apart, and stop for all calls after some 100 failures,
// when the record has better chances in an invocation of its own.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
func Prompt(cfg aws.Config) aws.Config {
	cfg.HTTPClient = awshttp.NewBuildableClient().WithTimeout(2 * time.Second)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.Backoff, o.RateLimiter = 4, retry.BackoffDelayerFunc(promptDelay), ratelimit.None
		})
	}
	return cfg
}

// promptDelay is random up to 25, 50 and 100 ms. The SDK's own pause is random up to a second or more, and merely cut off at
// a maximum: one failed call would cost what a batch takes, and a share of failures the half of a worker's throughput.
func promptDelay(attempt int, _ error) (time.Duration, error) {
	return rand.N(25 * time.Millisecond << min(max(attempt-1, 0), 2)), nil
}

// sdkLogger writes the SDK's lines as JSON.
type sdkLogger struct{ log *slog.Logger }

// Logf implements logging.Logger.
func (l sdkLogger) Logf(classification logging.Classification, format string, v ...any) {
	level := slog.LevelDebug
	if classification == logging.Warn {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, fmt.Sprintf(format, v...), "source", "aws-sdk-go")
}
