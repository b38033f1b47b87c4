package stage

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
)

// startFunctions creates the supervisor and registers every function with its role's credentials.
func (s *Stage) startFunctions() error {
	supervisor, err := lambda.New(lambda.Config{
		// A burst of connections leaves an instance for each: a laptop's memory is worth more than the few milliseconds of a
		// cold start.
		IdleTimeout:             30 * time.Second,
		WorkDir:                 filepath.Join(s.state, "functions"),
		Logger:                  s.log,
		Sink:                    s.written,
		Meter:                   s.meter,
		Faults:                  functionFaults(&s.faults),
		ColdStart:               coldStarts(&s.faults),
		Observe:                 s.observed,
		AccountConcurrency:      s.options.Limits.Concurrency,
		MaxInstancesPerFunction: s.options.Limits.Instances,
		Deliver:                 s.deliver,
	})
	if err != nil {
		return err
	}
	s.functions = supervisor
	surroundings := map[string]string{
		"AWS_ENDPOINT_URL": s.url,
		"HTTPS_PROXY":      s.notifier.ProxyURL(),
		"SSL_CERT_FILE":    s.notifier.CAFile(),
	}
	for _, f := range s.resources.Functions {
		if err := supervisor.Register(s.function(f, surroundings)); err != nil {
			return fmt.Errorf("%s: %w", f.LogicalID, err)
		}
	}
	return nil
}

func (s *Stage) function(f *provision.Function, surroundings map[string]string) lambda.Function {
	return lambda.Function{
		Name:                f.Name,
		ARN:                 f.ARN,
		CodeDir:             f.CodeDir,
		Handler:             f.Handler,
		Qualifiers:          f.Qualifiers,
		Timeout:             f.Timeout,
		MemoryMB:            f.MemoryMB,
		Environment:         f.Environment,
		ExtraEnvironment:    withLogging(surroundings, f),
		Credentials:         lambda.Credentials(s.front.Issue(f.Role, f.Name)),
		ReservedConcurrency: f.ReservedConcurrency,
		LogGroup:            f.LogGroup,
		Traced:              f.Traced,
		AllowRecursion:      f.AllowRecursion,
		MaxRetries:          f.MaxRetries,
		MaxEventAge:         f.MaxEventAge,
		OnSuccess:           f.OnSuccess,
		OnFailure:           f.OnFailure,
		DeadLetter:          f.DeadLetter,
	}
}

// withLogging sets the log format and level in the environment, as Lambda does. It also drops lines below the level, which is
// left to the function here.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func withLogging(surroundings map[string]string, f *provision.Function) map[string]string {
	all := maps.Clone(surroundings)
	for name, value := range map[string]string{"AWS_LAMBDA_LOG_FORMAT": f.LogFormat, "AWS_LAMBDA_LOG_LEVEL": f.LogLevel} {
		if value != "" {
			all[name] = value
		}
	}
	return all
}

// written receives a line of a function. Lambda writes it to the function's log group with the function's role, so the role's
// permission is checked too; a function without it would log nothing on AWS.
func (s *Stage) written(l lambda.Line) {
	if groups, ok := s.logGroups.LoadAndDelete(l.Function); ok {
		f := groups.(*provision.Function)
		stream := s.environment.ARN("logs", "log-group:"+f.LogGroup+":log-stream:local")
		caller := s.roleCaller(f)
		for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
			if err := s.front.Authorize(caller, action, stream, nil); err != nil {
				s.log.Warn("on AWS this function would not log", "function", l.Function, "reason", err)
			}
		}
	}
	line := Line{Time: l.Time, Function: l.Function, Path: s.constructs[l.Function], RequestID: l.RequestID, Stream: l.Stream, Text: string(l.Text)}
	s.journal.add(line)
	s.alarms.RecordEmbedded(l.Text)
	if s.options.Lines != nil {
		s.options.Lines(line)
	}
}

// roleCaller is a function as a caller.
func (s *Stage) roleCaller(f *provision.Function) iam.Caller {
	return iam.Caller{
		ARN:      s.environment.GlobalARN("sts", "assumed-role/"+f.Role+"/"+f.Name),
		Role:     f.Role,
		Function: f.Name,
	}
}

// deliver sends the outcome of an asynchronous invocation to a queue or a function.
func (s *Stage) deliver(ctx context.Context, target string, body []byte) error {
	switch {
	case strings.HasPrefix(target, "arn:aws:sqs:"):
		_, err := s.queues.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: aws.String(s.queueURL(target)), MessageBody: aws.String(string(body)),
		})
		return err
	case strings.HasPrefix(target, "arn:aws:lambda:"):
		return s.functions.InvokeAsync(ctx, target, body)
	default:
		return fmt.Errorf("destination %s is neither a queue nor a function", target)
	}
}

// queueURL is the URL of a queue by its ARN.
func (s *Stage) queueURL(arn string) string {
	return s.url + "/" + s.environment.Account + "/" + arn[strings.LastIndex(arn, ":")+1:]
}

// logGroups holds the functions that have not yet written a line.
type logGroups = sync.Map
