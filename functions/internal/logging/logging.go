// Package logging has the functions' logger: one JSON object per line, with the id of the request that caused it.
package logging

import (
	"context"
	"io"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// New returns the logger of a function. level is one of the names of AWS_LAMBDA_LOG_LEVEL; anything else is INFO.
func New(w io.Writer, function, level string) *slog.Logger {
	options := &slog.HandlerOptions{Level: parseLevel(level), ReplaceAttr: lambdacontext.ReplaceAttr}
	return slog.New(handler{slog.NewJSONHandler(w, options)}).With("function", function)
}

// LevelVariable is the variable that Lambda sets to the level of the function's logging configuration.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
const LevelVariable = "AWS_LAMBDA_LOG_LEVEL"

type connectionKey struct{}

// WithConnection adds the connection to every line logged with the returned context.
func WithConnection(ctx context.Context, connectionID string) context.Context {
	return context.WithValue(ctx, connectionKey{}, connectionID)
}

// A handler adds the attributes of the context.
type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		r.AddAttrs(slog.String("request_id", invocation.AwsRequestID))
	}
	if id, ok := ctx.Value(connectionKey{}).(string); ok {
		r.AddAttrs(slog.String("connection_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

func parseLevel(name string) slog.Level {
	switch name {
	case "TRACE", "DEBUG":
		return slog.LevelDebug
	case "WARN":
		return slog.LevelWarn
	case "ERROR", "FATAL":
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}
