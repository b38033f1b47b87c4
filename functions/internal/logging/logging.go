// Package logging has the functions' logger: one JSON object per line, with the id of the request that caused it.
package logging

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// New returns the logger of a function. level is one of the names of AWS_LAMBDA_LOG_LEVEL; anything else is INFO.
func New(w io.Writer, function, level string) *slog.Logger {
	options := &slog.HandlerOptions{Level: parseLevel(level), ReplaceAttr: replace}
	return slog.New(handler{slog.NewJSONHandler(w, options)}).With("function", function)
}

// maxValue bounds a logged text: what strangers send gets into errors, and logs are paid for by size.
const maxValue = 2 << 10

// replace renames what Lambda reads, and cuts texts and errors at maxValue bytes.
func replace(groups []string, a slog.Attr) slog.Attr {
	a = lambdacontext.ReplaceAttr(groups, a)
	text := ""
	switch err, isError := a.Value.Any().(error); {
	case a.Value.Kind() == slog.KindString:
		text = a.Value.String()
	case isError:
		text = err.Error()
	}
	if len(text) > maxValue {
		a.Value = slog.StringValue(strings.ToValidUTF8(text[:maxValue], "") + "...")
	}
	return a
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
	if id := sampledTrace(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	if id, ok := ctx.Value(connectionKey{}).(string); ok {
		r.AddAttrs(slog.String("connection_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// sampledTrace returns the id of the trace that X-Ray keeps of the invocation, or "". aws-lambda-go puts the header into the context:
// Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func sampledTrace(ctx context.Context) (id string) {
	header, _ := ctx.Value("x-amzn-trace-id").(string)
	sampled := false
	for part := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "Root":
			id = value
		case "Sampled":
			sampled = value == "1"
		}
	}
	if !sampled {
		return ""
	}
	return id
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
