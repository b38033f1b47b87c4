// Package awsconfig loads the configuration of AWS clients from the environment, and bounds the time of a call.
package awsconfig

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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
